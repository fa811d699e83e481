// Image files that are decoded when they are wanted: at load, or for each batch.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "core/base/error.hpp"

namespace graft::core {

struct ImageFiles {
  std::vector<std::filesystem::path> paths;  // of each sample
  std::int64_t size;                         // to which each is resized
};

// uint8 [n, 3, size, size], on the CPU: decoded and resized in parallel, the same bits each time. Exit 4 for a broken one.
at::Tensor decoded(const ImageFiles& files, const at::Tensor& indices);

// [n] errors, nothing for an image that is whole; its pixels go to targets[i], of [n, 3, size, size], or nowhere where `targets` is
// undefined. In parallel.
std::vector<std::optional<Error>> decode_files(std::span<const std::filesystem::path> paths, const at::Tensor& targets);

}  // namespace graft::core
