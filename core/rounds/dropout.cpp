// Draws the masks lane by lane, so that neither the other lanes nor how far they fill up a batch change a lane's.
#include "core/rounds/dropout.hpp"

#include <ATen/ATen.h>

#include <cmath>

#include "core/base/random.hpp"

namespace graft::core {

namespace {

// Whether each of n elements stays. A draw's 64 bits are enough for four.
void draw(bool* kept, std::int64_t n, double dropout, Random random) {
  const auto dropped = static_cast<std::uint64_t>(std::llround(dropout * 0x1p16));
  std::uint64_t bits = 0;
  for (std::int64_t i = 0; i < n; ++i, bits >>= 16) {
    if (i % 4 == 0) bits = random.next();
    kept[i] = (bits & 0xffff) >= dropped;
  }
}

// [K, B, L, d] of the `index`-th tokens of a block. From pinned memory the copy to a device waits for nothing.
at::Tensor kept_of(const LaneBatch& batch, std::int64_t block, std::size_t index, const AddedTokens& tokens) {
  const auto device = tokens.values.device();
  const auto lanes = static_cast<std::int64_t>(batch.streams.size());
  const auto on_host = at::TensorOptions().dtype(at::kBool).pinned_memory(device.is_cuda());
  const auto kept = at::empty({lanes, batch.labels.size(1), tokens.values.size(2), tokens.values.size(3)}, on_host);
  const auto of_lane = kept.numel() / lanes;
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    const Random random(batch.streams[lane], Purpose::dropout, {std::uint64_t(batch.index), std::uint64_t(block), index});
    draw(kept.data_ptr<bool>() + lane * of_lane, of_lane, tokens.dropout, random);
  }
  return kept.to(device, true);
}

}  // namespace

std::vector<AddedTokens> Dropout::tokens(std::int64_t block, const Bound& bound) const {
  auto all = Around::tokens(block, bound);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].dropout > 0) all[i].values = all[i].values * (1 / (1 - all[i].dropout)) * kept_of(batch_, block, i, all[i]);
  }
  return all;
}

}  // namespace graft::core
