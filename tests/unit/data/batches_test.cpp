// Orders and images: pure functions, normalised as stated, resized to the same bits once or per batch.
#include <ATen/ATen.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <numeric>

#include "core/data/batches.hpp"
#include "fixture.hpp"

using namespace graft::core;

namespace {

constexpr std::int64_t kBudget = std::int64_t(1) << 30;  // bytes

Dataset noise(std::int64_t samples, std::int64_t size) {
  Dataset data = labelled(samples, 2);
  data.images = at::arange(samples * 3 * size * size)
                    .mul(2654435761)
                    .bitwise_right_shift(7)
                    .bitwise_and(255)
                    .to(at::kByte)
                    .view({samples, 3, size, size});
  return data;
}

ImageRule plain_rule(std::int64_t size, at::ScalarType dtype = at::kFloat) { return image_rule(Manifest{}, size, dtype, at::kCPU); }

}  // namespace

TEST_CASE("epoch_order: a permutation keyed by every number, as stored without shuffling") {
  std::vector<std::int64_t> samples(50);
  std::iota(samples.begin(), samples.end(), 100);
  const auto order = [&](std::uint64_t seed, Purpose purpose, int round, int client, int epoch) {
    return epoch_order(samples, true, seed, purpose, round, client, epoch);
  };
  const auto first = order(1, Purpose::order, 2, 3, 4);
  CHECK(first == order(1, Purpose::order, 2, 3, 4));
  CHECK(first != order(2, Purpose::order, 2, 3, 4));
  CHECK(first != order(1, Purpose::tuning, 2, 3, 4));
  CHECK(first != order(1, Purpose::order, 3, 2, 4));
  CHECK(first != order(1, Purpose::order, 2, 4, 3));
  CHECK(first != samples);
  CHECK(std::ranges::is_permutation(first, samples));
  CHECK(epoch_order(samples, false, 1, Purpose::order, 2, 3, 4) == samples);
  CHECK(epoch_order({}, true, 1, Purpose::order, 2, 3, 4).empty());
}

TEST_CASE("images: (x / 255 - mean) / std per channel, in the wanted dtype") {
  Manifest manifest;
  manifest.data.mean = {0.1, 0.2, 0.3};
  manifest.data.std = {0.5, 0.6, 0.7};
  const Dataset data = noise(5, 8);
  const at::Tensor indices = at::tensor({4, 0, 4}, at::kLong), before = data.images.clone();
  const at::Tensor batch = images(data, indices, image_rule(manifest, 8, at::kDouble, at::kCPU));
  REQUIRE(batch.sizes() == at::IntArrayRef({3, 3, 8, 8}));
  REQUIRE(batch.scalar_type() == at::kDouble);
  const double byte = data.images[4][1][2][3].item<int>();
  CHECK(batch[0][1][2][3].item<double>() == (byte / 255 - 0.2) / 0.6);
  CHECK(at::equal(batch[0], batch[2]));
  CHECK(at::equal(data.images, before));
  CHECK(images(data, indices, plain_rule(8)).scalar_type() == at::kFloat);
}

TEST_CASE("images: a mean that fits neither one nor all channels is refused") {
  Manifest manifest;
  manifest.data.mean = {0.1, 0.2};
  CHECK(failure_of([&] { image_rule(manifest, 8, at::kFloat, at::kCPU); }).status == Exit::usage);
}

TEST_CASE("resized: once or per batch, the same bits, up and down, in whole grey levels") {
  for (const std::int64_t size : {5, 8, 20, 48}) {
    const Dataset data = noise(300, 16), once = resized(data, size, kBudget);
    REQUIRE(once.images.sizes() == at::IntArrayRef({300, 3, size, size}));
    CHECK(once.images.scalar_type() == at::kByte);
    for (const at::Tensor& indices : {at::tensor({299}, at::kLong), at::tensor({7, 270, 1}, at::kLong), at::arange(300)}) {
      CHECK(at::equal(images(once, indices, plain_rule(size)), images(data, indices, plain_rule(size))));
    }
  }
}

TEST_CASE("resized: constant images stay constant, halving is antialiased") {
  Dataset data = labelled(1, 2);
  data.images = at::full({1, 3, 8, 8}, 77, at::kByte);
  CHECK(resized(data, 21, kBudget).images.eq(77).all().item<bool>());
  data.images = at::arange(64).remainder(2).mul(200).to(at::kByte).view({1, 1, 8, 8}).expand({1, 3, 8, 8}).contiguous();
  const at::Tensor inner = resized(data, 2, kBudget).images;
  CHECK(inner.to(at::kFloat).sub(100).abs().max().item<double>() < 15);
}

TEST_CASE("resized: beyond the budget, or at the right size, the dataset stays as it is") {
  const Dataset data = noise(10, 16);
  CHECK(resized(data, 32, 10 * 3 * 32 * 32 - 1).images.is_same(data.images));
  CHECK(!resized(data, 32, 10 * 3 * 32 * 32).images.is_same(data.images));
  CHECK(resized(data, 16, kBudget).images.is_same(data.images));
}
