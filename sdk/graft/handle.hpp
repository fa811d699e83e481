// The owner of one tensor of the host's, and the host itself as a plugin knows it.
#pragma once
#include <graft/abi.h>

#include <stdexcept>
#include <utility>

namespace graft {

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Set once, when the host starts the plugin.
inline const graft_host*& host() {
  static const graft_host* given = nullptr;
  return given;
}
inline const graft_tensor_table& table() { return *host()->tensors; }

// What the host made; throws what the host said where it made nothing.
inline graft_tensor made(graft_tensor result) {
  if (!result) throw Error(host()->error());
  return result;
}

class Handle {
 public:
  Handle() = default;
  explicit Handle(graft_tensor owned) : handle_(made(owned)) {}
  Handle(const Handle& other) : handle_(other.handle_ ? made(table().keep(other.handle_)) : nullptr) {}
  Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Handle& operator=(Handle other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Handle() {
    if (handle_) table().drop(handle_);
  }
  bool defined() const { return handle_ != nullptr; }
  graft_tensor get() const { return handle_; }  // stays this owner's
  graft_tensor release() { return std::exchange(handle_, nullptr); }

 protected:
  graft_tensor handle_ = nullptr;
};

}  // namespace graft
