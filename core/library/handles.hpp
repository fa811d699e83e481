// Tensors as they cross to plugins, and the two C structs that a plugin is given: the tensor table and the host.
#pragma once
#include <ATen/core/Tensor.h>
#include <graft/abi.h>

#include <vector>

namespace graft::core {

graft_tensor to_handle(at::Tensor tensor);         // a new owner
const at::Tensor& of_handle(graft_tensor handle);  // null is a misuse of the plugin's
at::Tensor take(graft_tensor handle);              // ends that owner; null becomes an undefined tensor

const graft_tensor_table* tensor_table();
const graft_host* host_face();

// Handles for the time of a call. What a plugin was lent is not its to give: is_lent() says so of what it returns.
class Lent {
 public:
  explicit Lent(const at::Tensor& tensor) : Lent(std::vector<at::Tensor>{tensor}) {}
  explicit Lent(std::vector<at::Tensor> tensors);
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  ~Lent();
  graft_tensor handle() const { return handles_.front(); }
  const std::vector<graft_tensor>& handles() const { return handles_; }

 private:
  std::vector<graft_tensor> handles_;
};
bool is_lent(graft_tensor handle);  // to what runs on this thread

}  // namespace graft::core
