// A tensor's shape in words: "[2, 3]"; a size below 0 is "any".
#pragma once
#include <ATen/core/Tensor.h>

#include <string>

namespace graft::core {

std::string shape_text(at::IntArrayRef sizes);

}  // namespace graft::core
