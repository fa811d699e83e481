// Pillow's arithmetic: weights as whole numbers of 22 bits, first across the columns, rounded to bytes, then down the rows.
#include "core/data/resize.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

namespace graft::core {

namespace {

constexpr int kBits = 22;
constexpr std::int32_t kHalf = 1 << (kBits - 1);

struct Taps {  // of each place of the result: the places of the source that it is a mean of
  struct Run {
    std::int64_t first, count, weights;  // weights: where they begin
  };
  std::vector<Run> runs;
  std::vector<std::int32_t> weights;
};

// A triangle around each place's middle, as wide as a pixel of the coarser side.
Taps taps_of(std::int64_t from, std::int64_t to) {
  const double scale = double(from) / double(to), width = std::max(scale, 1.0);
  Taps taps;
  std::vector<double> exact;
  for (std::int64_t place = 0; place < to; ++place) {
    const double middle = (double(place) + 0.5) * scale;
    const auto first = std::max<std::int64_t>(0, std::int64_t(middle - width + 0.5));
    const auto end = std::min(from, std::int64_t(middle + width + 0.5));
    exact.clear();
    double sum = 0;
    for (auto source = first; source < end; ++source) {
      exact.push_back(std::max(0.0, 1 - std::abs((double(source) - middle + 0.5) * (1 / width))));
      sum += exact.back();
    }
    taps.runs.push_back({first, end - first, std::int64_t(taps.weights.size())});
    for (const double weight : exact) taps.weights.push_back(std::int32_t(0.5 + weight / sum * (1 << kBits)));
  }
  return taps;
}

unsigned char rounded(std::int32_t sum) { return static_cast<unsigned char>(std::min((sum + kHalf) >> kBits, 255)); }

struct Plane {
  const unsigned char* bytes;
  std::int64_t height, row_stride, column_stride;
};

// To [H, size].
void resize_across(const Plane& from, const Taps& taps, unsigned char* to) {
  for (std::int64_t y = 0; y < from.height; ++y) {
    const unsigned char* row = from.bytes + y * from.row_stride;
    for (const auto& run : taps.runs) {
      const std::int32_t* weights = taps.weights.data() + run.weights;
      const unsigned char* source = row + run.first * from.column_stride;
      std::int32_t sum = 0;
      for (std::int64_t i = 0; i < run.count; ++i) sum += weights[i] * source[i * from.column_stride];
      *to++ = rounded(sum);
    }
  }
}

// [H, size] to [size, size].
void resize_down(const unsigned char* from, const Taps& taps, std::vector<std::int32_t>& sums, unsigned char* to) {
  const std::size_t size = sums.size();
  for (const auto& run : taps.runs) {
    std::fill(sums.begin(), sums.end(), 0);
    for (std::int64_t i = 0; i < run.count; ++i) {
      const std::int32_t weight = taps.weights[std::size_t(run.weights + i)];
      const unsigned char* row = from + std::size_t(run.first + i) * size;
      for (std::size_t x = 0; x < size; ++x) sums[x] += weight * row[x];
    }
    to = std::transform(sums.begin(), sums.end(), to, rounded);
  }
}

at::Tensor resized_on_cpu(const at::Tensor& bytes, std::int64_t size) {
  const auto channels = bytes.size(1), height = bytes.size(2), width = bytes.size(3);
  at::Tensor target = at::empty({bytes.size(0), channels, size, size}, at::kByte);
  const auto* from = bytes.const_data_ptr<unsigned char>();
  auto* to = target.mutable_data_ptr<unsigned char>();
  const Taps across = taps_of(width, size), down = taps_of(height, size);
  const auto grain = std::max<std::int64_t>(1, (1 << 16) / (height * width + size * size));
  at::parallel_for(0, bytes.size(0) * channels, grain, [&](std::int64_t begin, std::int64_t end) {
    std::vector<unsigned char> lines(std::size_t(height * size));
    std::vector<std::int32_t> sums(static_cast<std::size_t>(size));
    for (std::int64_t i = begin; i < end; ++i) {
      const auto* plane = from + i / channels * bytes.stride(0) + i % channels * bytes.stride(1);
      resize_across({plane, height, bytes.stride(2), bytes.stride(3)}, across, lines.data());
      resize_down(lines.data(), down, sums, to + i * size * size);
    }
  });
  return target;
}

}  // namespace

at::Tensor grey_levels(const at::Tensor& bytes, std::int64_t size) {
  if (bytes.is_cpu()) return resized_on_cpu(bytes, size);
  const auto levels = at::_upsample_bilinear2d_aa(bytes.to(at::kFloat), {size, size}, /*align_corners=*/false);
  return levels.round_().clamp_(0, 255).to(at::kByte);
}

}  // namespace graft::core
