// Each row and column of the result is gathered from the image with its border.
#include "core/data/augment.hpp"

#include <ATen/ATen.h>

#include "core/base/random.hpp"

namespace graft::core {

bool augments(const AugmentSpec& spec) { return spec.flip || spec.crop > 0; }

std::int64_t augment_code(const AugmentSpec& spec, std::uint64_t seed, std::int64_t round, std::int64_t client, std::int64_t epoch,
                          std::int64_t sample) {
  Random random(seed, Purpose::augment, {std::uint64_t(round), std::uint64_t(client), std::uint64_t(epoch), std::uint64_t(sample)});
  const bool flipped = random.below(2) == 1 && spec.flip;
  const auto offsets = std::uint64_t(2 * spec.crop + 1);
  const auto down = std::int64_t(random.below(offsets)), right = std::int64_t(random.below(offsets));
  return (down * std::int64_t(offsets) + right) * 2 + (flipped ? 1 : 0);
}

at::Tensor augmented(const at::Tensor& images, const at::Tensor& codes, const AugmentSpec& spec) {
  const auto count = images.size(0), channels = images.size(1), size = images.size(3), offsets = 2 * spec.crop + 1;
  const auto place = at::arange(size, codes.options()).unsqueeze(0);
  const auto flips = codes.bitwise_and(1).unsqueeze(1), offset = codes.bitwise_right_shift(1).unsqueeze(1);
  auto columns = place + flips * (size - 1 - 2 * place);  // [n, S]: what is flipped comes from the other end
  auto source = images;
  if (spec.crop > 0) {
    columns.add_(offset.remainder(offsets));
    const auto rows = place + offset.floor_divide(offsets);
    source = at::constant_pad_nd(images, {spec.crop, spec.crop, spec.crop, spec.crop});
    const auto width = source.size(3);
    source = source.gather(2, rows.view({count, 1, size, 1}).expand({count, channels, size, width}));
  }
  return source.gather(3, columns.view({count, 1, 1, size}).expand({count, channels, size, size}));
}

}  // namespace graft::core
