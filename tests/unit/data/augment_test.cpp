// Augmentation against a plain loop, what its draws depend on, and where it is applied.
#include <ATen/ATen.h>

#include <set>

#include "core/data/augment.hpp"
#include "core/data/batches.hpp"
#include "fixture.hpp"

using namespace graft::core;

namespace {

constexpr std::int64_t kSize = 7;

at::Tensor noise(std::int64_t samples) {
  return at::arange(samples * 3 * kSize * kSize)
      .mul(2654435761)
      .bitwise_right_shift(7)
      .bitwise_and(255)
      .to(at::kByte)
      .view({samples, 3, kSize, kSize});
}

// One pixel of the result, by the words of torchvision: pad, crop, then flip.
int expected(const at::Tensor& image, std::int64_t code, const AugmentSpec& spec, std::int64_t channel, std::int64_t y,
             std::int64_t x) {
  const auto offsets = 2 * spec.crop + 1;
  const auto down = code / 2 / offsets, right = code / 2 % offsets;
  if (code % 2 == 1) x = kSize - 1 - x;
  const auto row = y + down - spec.crop, column = x + right - spec.crop;
  const bool inside = row >= 0 && row < kSize && column >= 0 && column < kSize;
  return inside ? image[channel][row][column].item<int>() : 0;
}

}  // namespace

TEST_CASE("augmented: as a plain loop has it, for bytes and for floats") {
  const auto images = noise(6);
  for (const AugmentSpec spec : {AugmentSpec{true, 0}, AugmentSpec{false, 2}, AugmentSpec{true, 2}, AugmentSpec{true, 6}}) {
    std::vector<std::int64_t> codes;
    for (std::int64_t i = 0; i < 6; ++i) codes.push_back(augment_code(spec, 5, 1, 2, 3, i));
    const auto result = augmented(images, at::tensor(codes, at::kLong), spec);
    REQUIRE(result.sizes() == images.sizes());
    REQUIRE(result.scalar_type() == at::kByte);
    const auto found = result.accessor<unsigned char, 4>();
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < 6; ++i) {
      for (std::int64_t c = 0; c < 3; ++c) {
        for (std::int64_t y = 0; y < kSize; ++y) {
          for (std::int64_t x = 0; x < kSize; ++x) wrong += found[i][c][y][x] != expected(images[i], codes[i], spec, c, y, x);
        }
      }
    }
    CHECK(wrong == 0);
    CHECK(at::equal(augmented(images.to(at::kFloat), at::tensor(codes, at::kLong), spec), result.to(at::kFloat)));
  }
}

TEST_CASE("augment_code: keyed by every number, every flip and offset as often as another") {
  const AugmentSpec spec{true, 1};
  const auto code = [&](std::uint64_t seed, int round, int client, int epoch, int sample) {
    return augment_code(spec, seed, round, client, epoch, sample);
  };
  const auto differs = [&](auto change) {
    int count = 0;
    for (int sample = 0; sample < 200; ++sample) count += code(1, 2, 3, 4, sample) != change(sample);
    return count > 150;  // of 18 codes, one in 18 is the same by chance
  };
  CHECK(!differs([&](int sample) { return code(1, 2, 3, 4, sample); }));
  CHECK(differs([&](int sample) { return code(2, 2, 3, 4, sample); }));
  CHECK(differs([&](int sample) { return code(1, 3, 3, 4, sample); }));
  CHECK(differs([&](int sample) { return code(1, 2, 4, 4, sample); }));
  CHECK(differs([&](int sample) { return code(1, 2, 3, 5, sample); }));
  CHECK(differs([&](int sample) { return code(1, 2, 3, 4, sample + 1000); }));
  std::vector<int> counts(18);
  for (int sample = 0; sample < 18000; ++sample) ++counts.at(std::size_t(code(0, 0, 0, 0, sample)));
  for (const auto count : counts) CHECK((count > 850 && count < 1150));  // about five deviations
}

TEST_CASE("augment_code: no flip and no offset without them") {
  std::set<std::int64_t> flips, crops;
  for (int sample = 0; sample < 200; ++sample) {
    flips.insert(augment_code({true, 0}, 0, 0, 0, 0, sample));
    crops.insert(augment_code({false, 1}, 0, 0, 0, 0, sample) % 2);
    CHECK(augment_code({false, 0}, 0, 0, 0, 0, sample) == 0);
  }
  CHECK(flips == std::set<std::int64_t>{0, 1});
  CHECK(crops == std::set<std::int64_t>{0});
}

TEST_CASE("images: augmented after resizing, before normalisation") {
  Manifest manifest;
  manifest.data.augment = {true, 1};
  Dataset data = labelled(4, 2);
  data.images = noise(4);
  const auto rule = image_rule(manifest, 5, at::kFloat, at::kCPU);
  const auto indices = at::tensor({2, 0}, at::kLong), codes = at::tensor({1, 8 * 2}, at::kLong);
  const auto plain = images(data, indices, rule).add(1);  // black is 0 then
  CHECK((images(data, indices, rule, codes).add(1) - augmented(plain, codes, manifest.data.augment)).abs().max().item<float>() <
        1e-6);
}
