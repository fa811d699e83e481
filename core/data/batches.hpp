// What a step eats: the order of a client's samples in an epoch, and their images, normalised.
#pragma once
#include "core/base/random.hpp"
#include "core/data/dataset.hpp"

namespace graft::core {

// The client's samples in the order of that epoch: keyed and shuffled, or as they are.
std::vector<std::int64_t> epoch_order(const std::vector<std::int64_t>& samples, bool shuffle, std::uint64_t seed, Purpose purpose,
                                      std::int64_t round, std::int64_t client, std::int64_t epoch);

struct ImageRule {       // how bytes become what a model sees
  std::int64_t size;     // of the backbone's images
  at::Tensor mean, std;  // [3, 1, 1] each, of the wanted dtype, on the dataset's device
  AugmentSpec augment{};
};
// `data.mean` and `data.std` for the model's three channels; a number of values that is neither one nor three is an error at its
// place.
ImageRule image_rule(const Manifest& manifest, std::int64_t size, at::ScalarType dtype, at::Device device);
inline constexpr std::int64_t kChannels = 3;

// [n, 3, S, S]: the samples at `indices` (int64 [n], on the dataset's device), resized where the stored size differs, as
// (x / 255 - mean) / std. Nothing in it waits for the device, unless samples are decoded for each batch. `codes`: undefined, or
// what augment.hpp draws for each of them, int64 [n] on that device too.
at::Tensor images(const Dataset& data, const at::Tensor& indices, const ImageRule& rule, const at::Tensor& codes = {});

// The dataset at size x size, resized once, where that fits the budget; else as it is, for `images` to resize per batch to the same
// bits.
Dataset resized(Dataset data, std::int64_t size, std::int64_t budget_bytes, const Watch& watch = {});

}  // namespace graft::core
