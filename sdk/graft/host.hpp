// The host, as a plugin knows it.
#pragma once
#include <graft/abi.h>

#include <stdexcept>
#include <string>

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

// A line for the user, on standard error and in the run's log, the plugin's id before it.
inline void inform(const std::string& text) { host()->log(1, text.c_str()); }
inline void warn(const std::string& text) { host()->log(2, text.c_str()); }

// What the host made; throws what the host said where it made nothing.
inline graft_tensor made(graft_tensor result) {
  if (!result) throw Error(host()->error());
  return result;
}

}  // namespace graft
