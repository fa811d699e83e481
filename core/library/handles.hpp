// Tensors as they cross to plugins, and the two C structs that a plugin is given: the tensor table and the host.
#pragma once
#include <ATen/core/Tensor.h>
#include <graft/abi.h>

namespace graft::core {

graft_tensor to_handle(at::Tensor tensor);         // a new owner
const at::Tensor& of_handle(graft_tensor handle);  // null is a misuse of the plugin's
at::Tensor take(graft_tensor handle);              // ends that owner; null becomes an undefined tensor

const graft_tensor_table* tensor_table();
const graft_host* host_face();

struct Lent {  // a handle for the time of a call
  explicit Lent(const at::Tensor& tensor) : handle(to_handle(tensor)) {}
  Lent(const Lent&) = delete;
  ~Lent() { take(handle); }
  const graft_tensor handle;
};

}  // namespace graft::core
