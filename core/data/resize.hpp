// Resizing of bytes: the one way in which images of any source change their size.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace graft::core {

// [n, C, H, W] bytes at size x size: bilinear and antialiased. On a CPU to the bit as Pillow, whatever the batch and the layout; on
// a GPU to within one grey level.
at::Tensor grey_levels(const at::Tensor& bytes, std::int64_t size);

}  // namespace graft::core
