// Orders, resizes and normalises samples.
#include "core/data/batches.hpp"

#include <ATen/ATen.h>

namespace graft::core {
namespace {

constexpr std::int64_t kChunk = 256;  // images resized at once: bounds the floats held beside the bytes

// [n, C, H, W] bytes to grey levels at size x size, float: antialiased as good image libraries do, and rounded to whole levels.
at::Tensor grey_levels(const at::Tensor& bytes, std::int64_t size) {
  return at::_upsample_bilinear2d_aa(bytes.to(at::kFloat), {size, size}, /*align_corners=*/false).round_().clamp_(0, 255);
}

bool fits(const at::Tensor& bytes, std::int64_t size) { return bytes.size(2) == size && bytes.size(3) == size; }

at::Tensor per_channel(const Manifest& manifest, const std::string& key, const std::vector<double>& values, std::int64_t channels) {
  if (values.size() != 1 && std::int64_t(values.size()) != channels) {
    throw error_at(place_of(manifest, key), key + " has " + std::to_string(values.size()) +
                                                " values, expected 1 or one for each of " + std::to_string(channels) + " channels");
  }
  return at::tensor(values, at::kDouble).expand({channels}).reshape({channels, 1, 1});
}

}  // namespace

std::vector<std::int64_t> epoch_order(const std::vector<std::int64_t>& samples, bool shuffle, std::uint64_t seed, Purpose purpose,
                                      std::int64_t round, std::int64_t client, std::int64_t epoch) {
  std::vector<std::int64_t> order = samples;
  if (shuffle) Random(seed, purpose, {std::uint64_t(round), std::uint64_t(client), std::uint64_t(epoch)}).shuffle(order);
  return order;
}

ImageRule image_rule(const Manifest& manifest, std::int64_t channels, std::int64_t size, at::ScalarType dtype, at::Device device) {
  const auto options = at::TensorOptions().dtype(dtype).device(device);
  return {size, per_channel(manifest, "data.mean", manifest.data.mean, channels).to(options),
          per_channel(manifest, "data.std", manifest.data.std, channels).to(options)};
}

at::Tensor images(const Dataset& data, const at::Tensor& indices, const ImageRule& rule) {
  at::Tensor bytes = data.images.index_select(0, indices);
  if (!fits(bytes, rule.size)) bytes = grey_levels(bytes, rule.size);
  return bytes.to(rule.mean.scalar_type(), /*non_blocking=*/false, /*copy=*/true).div_(255).sub_(rule.mean).div_(rule.std);
}

Dataset resized(Dataset data, std::int64_t size, std::int64_t budget_bytes) {
  const std::int64_t samples = data.images.size(0), channels = data.images.size(1);
  if (fits(data.images, size) || samples > budget_bytes / (channels * size * size)) return data;
  at::Tensor target = at::empty({samples, channels, size, size}, data.images.options());
  for (std::int64_t start = 0; start < samples; start += kChunk) {
    const std::int64_t length = std::min(kChunk, samples - start);
    target.narrow(0, start, length).copy_(grey_levels(data.images.narrow(0, start, length), size));
  }
  data.images = target;
  return data;
}

}  // namespace graft::core
