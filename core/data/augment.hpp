// Augmentation of training images: what is drawn for a visit of a sample, and what it does to bytes on the device.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>

#include "core/manifest/manifest.hpp"

namespace graft::core {

bool augments(const AugmentSpec& spec);

// One visit's draws in one number: bit 0 the flip, above it the crop's offset, row by row, both in 0 .. 2 crop. Keyed by every
// number given, so that neither lanes nor the order of visits matter.
std::int64_t augment_code(const AugmentSpec& spec, std::uint64_t seed, std::int64_t round, std::int64_t client, std::int64_t epoch,
                          std::int64_t sample);

// [n, C, S, S] as torchvision's RandomCrop(S, padding=crop), black around, and then RandomHorizontalFlip leave them: codes int64
// [n] on the images' device. Nothing in it waits for the device.
at::Tensor augmented(const at::Tensor& images, const at::Tensor& codes, const AugmentSpec& spec);

}  // namespace graft::core
