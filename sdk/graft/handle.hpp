// The owner of one tensor of the host's.
#pragma once
#include <graft/host.hpp>

#include <utility>

namespace graft {

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
