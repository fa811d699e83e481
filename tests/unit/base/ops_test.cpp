// The layers over lanes against PyTorch's own, one lane at a time: values and gradients, whatever is shared.
#include "core/base/ops.hpp"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace graft::core;

namespace {

constexpr std::int64_t kLanes = 3;

at::Tensor draw(at::IntArrayRef shape) { return at::randn(shape, at::kDouble).requires_grad_(); }
at::Tensor of_lane(const at::Tensor& parameter, std::int64_t lane) { return parameter[parameter.size(0) == 1 ? 0 : lane]; }

template <class Lane>
at::Tensor each_lane(Lane lane) {
  std::vector<at::Tensor> parts;
  for (std::int64_t i = 0; i < kLanes; ++i) parts.push_back(lane(i));
  return at::stack(parts);
}

void check_same(const at::Tensor& found, const at::Tensor& expected, const std::vector<at::Tensor>& inputs) {
  REQUIRE(found.sizes() == expected.sizes());
  CHECK(at::allclose(found, expected, 1e-12, 1e-12));
  const auto direction = at::randn_like(found);
  const auto a = torch::autograd::grad({found}, inputs, {direction});
  const auto b = torch::autograd::grad({expected}, inputs, {direction});
  for (std::size_t i = 0; i < inputs.size(); ++i) CHECK(at::allclose(a[i], b[i], 1e-12, 1e-12));
}

}  // namespace

TEST_CASE("linear is at::linear in each lane") {
  at::manual_seed(1);
  const auto of_weight = GENERATE(std::int64_t{1}, kLanes), of_bias = GENERATE(std::int64_t{1}, kLanes);
  const auto x = draw({kLanes, 2, 4, 5}), weight = draw({of_weight, 6, 5}), bias = draw({of_bias, 6});
  check_same(linear(x, weight, bias), each_lane([&](auto i) { return at::linear(x[i], of_lane(weight, i), of_lane(bias, i)); }),
             {x, weight, bias});
  check_same(linear(x, weight, at::Tensor()), each_lane([&](auto i) { return at::linear(x[i], of_lane(weight, i)); }), {x, weight});
}

TEST_CASE("linear takes rows and inputs that are not contiguous") {
  at::manual_seed(2);
  const auto of_weight = GENERATE(std::int64_t{1}, kLanes);
  const auto x = draw({kLanes, 7, 5}), weight = draw({of_weight, 6, 5}), bias = draw({of_weight, 6});
  const auto row = x.select(1, 3);
  check_same(linear(row, weight, bias), each_lane([&](auto i) { return at::linear(row[i], of_lane(weight, i), of_lane(bias, i)); }),
             {x, weight, bias});
}

TEST_CASE("a linear of one lane has at::linear's bits") {
  const auto x = at::randn({1, 2, 4, 5}), weight = at::randn({1, 6, 5}), bias = at::randn({1, 6});
  CHECK(at::equal(linear(x, weight, bias)[0], at::linear(x[0], weight[0], bias[0])));
}

TEST_CASE("layer_norm is at::layer_norm in each lane") {
  at::manual_seed(3);
  const auto of_weight = GENERATE(std::int64_t{1}, kLanes), of_bias = GENERATE(std::int64_t{1}, kLanes);
  const auto x = draw({kLanes, 2, 4, 5}), weight = draw({of_weight, 5}), bias = draw({of_bias, 5});
  const auto expected = each_lane([&](auto i) { return at::layer_norm(x[i], {5}, of_lane(weight, i), of_lane(bias, i), 1e-6); });
  check_same(layer_norm(x, weight, bias, 1e-6), expected, {x, weight, bias});
}

TEST_CASE("attention is softmax(q k' / sqrt(d)) v in each head, for as many keys as there are") {
  at::manual_seed(4);
  const std::int64_t heads = 2, width = 6;
  const auto queries = GENERATE(std::int64_t{1}, std::int64_t{4}), keys = GENERATE(std::int64_t{4}, std::int64_t{9});
  const auto q = draw({kLanes, 2, queries, width}), k = draw({kLanes, 2, keys, width}), v = draw({kLanes, 2, keys, width});
  const auto split = [&](const at::Tensor& t) { return t.unflatten(-1, {heads, width / heads}).transpose(2, 3); };
  const auto weights = at::softmax(at::matmul(split(q), split(k).transpose(-2, -1)) / std::sqrt(3.0), -1);
  const auto expected = at::matmul(weights, split(v)).transpose(2, 3).flatten(3);
  check_same(attention(q, k, v, heads), expected, {q, k, v});
}
