// Initial values: each tensor has a stream of draws of its own, so that they do not depend on what else a model holds.
#include <ATen/ATen.h>

#include <cmath>

#include "core/backbone/weights.hpp"
#include "core/base/random.hpp"

namespace graft::core {

namespace {

constexpr double kTruncatedAt = 2;  // timm cuts at -2 and 2 themselves, not at two deviations

template <class Draw>
at::Tensor filled(const TensorSpec& tensor, Draw draw) {
  auto values = at::empty(tensor.shape, at::kDouble);
  auto* numbers = values.data_ptr<double>();
  std::generate(numbers, numbers + values.numel(), draw);
  return values;
}

double truncated(Random& random, double deviation) {
  double value = 0;
  do {
    value = deviation * random.normal();
  } while (std::abs(value) > kTruncatedAt);
  return value;
}

}  // namespace

at::Tensor initial_values(const TensorSpec& tensor, std::uint64_t seed) {
  Random random(seed, Purpose::initial, {hash(tensor.name)});
  const double value = tensor.init.value;
  switch (tensor.init.kind) {
    case Initializer::zeros: return at::zeros(tensor.shape, at::kDouble);
    case Initializer::constant: return at::full(tensor.shape, value, at::kDouble);
    case Initializer::uniform: return filled(tensor, [&] { return value * (2 * random.uniform() - 1); });
    case Initializer::normal: return filled(tensor, [&] { return value * random.normal(); });
    case Initializer::truncated_normal: return filled(tensor, [&] { return truncated(random, value); });
  }
  throw std::logic_error("an initializer of no known kind");
}

}  // namespace graft::core
