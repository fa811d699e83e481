// Orders, resizes and normalises samples.
#include "core/data/batches.hpp"

#include <ATen/ATen.h>

#include "core/data/augment.hpp"
#include "core/data/image_files.hpp"
#include "core/data/resize.hpp"

namespace graft::core {
namespace {

constexpr std::int64_t kChunk = 256;  // images resized at once: bounds the floats held beside the bytes

bool fits(const at::Tensor& bytes, std::int64_t size) { return bytes.size(2) == size && bytes.size(3) == size; }

at::Tensor per_channel(const Manifest& manifest, const std::string& key, const std::vector<double>& values) {
  if (values.size() != 1 && std::int64_t(values.size()) != kChannels) {
    throw error_at(place_of(manifest, key),
                   key + " has " + std::to_string(values.size()) + " values, expected 1 or one for each of 3 channels");
  }
  return at::tensor(values, at::kDouble).expand({kChannels}).reshape({kChannels, 1, 1});
}

}  // namespace

std::vector<std::int64_t> epoch_order(const std::vector<std::int64_t>& samples, bool shuffle, std::uint64_t seed, Purpose purpose,
                                      std::int64_t round, std::int64_t client, std::int64_t epoch) {
  std::vector<std::int64_t> order = samples;
  if (shuffle) Random(seed, purpose, {std::uint64_t(round), std::uint64_t(client), std::uint64_t(epoch)}).shuffle(order);
  return order;
}

ImageRule image_rule(const Manifest& manifest, std::int64_t size, at::ScalarType dtype, at::Device device) {
  const auto options = at::TensorOptions().dtype(dtype).device(device);
  return {size, per_channel(manifest, "data.mean", manifest.data.mean).to(options),
          per_channel(manifest, "data.std", manifest.data.std).to(options), manifest.data.augment};
}

at::Tensor images(const Dataset& data, const at::Tensor& indices, const ImageRule& rule, const at::Tensor& codes) {
  at::Tensor bytes = data.files ? decoded(*data.files, indices).to(indices.device()) : data.images.index_select(0, indices);
  if (!fits(bytes, rule.size)) bytes = grey_levels(bytes, rule.size);
  if (codes.defined()) bytes = augmented(bytes, codes, rule.augment);
  const auto scaled = bytes.to(rule.mean.scalar_type(), /*non_blocking=*/false, /*copy=*/true).div_(255);
  return scaled.size(1) == kChannels ? scaled.sub_(rule.mean).div_(rule.std) : scaled.sub(rule.mean).div_(rule.std);
}

Dataset resized(Dataset data, std::int64_t size, std::int64_t budget_bytes, const Watch& watch) {
  if (data.files) return data;
  const std::int64_t samples = data.images.size(0), channels = data.images.size(1);
  if (fits(data.images, size) || samples > budget_bytes / (channels * size * size)) return data;
  at::Tensor target = at::empty({samples, channels, size, size}, data.images.options());
  for (std::int64_t start = 0; start < samples; start += kChunk) {
    watch.at("resizing images", start, samples);
    const std::int64_t length = std::min(kChunk, samples - start);
    target.narrow(0, start, length).copy_(grey_levels(data.images.narrow(0, start, length), size));
  }
  data.images = target;
  return data;
}

}  // namespace graft::core
