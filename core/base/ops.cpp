// The layers over lanes: one product where a parameter serves all lanes, batched products where each lane has its own.
#include "core/base/ops.hpp"

#include <ATen/ATen.h>

namespace graft::core {

namespace {

// [1, …] to […]. A view, whose gradient is a view too: selecting would fill a tensor of zeros.
at::Tensor of_all_lanes(const at::Tensor& parameter) { return parameter.defined() ? parameter.squeeze(0) : parameter; }

bool is_shared(const at::Tensor& parameter) { return !parameter.defined() || parameter.size(0) == 1; }

// [K|1, d] to [K|1, 1, …, 1, d], so that it stands beside activations of `dims` dimensions.
at::Tensor beside(const at::Tensor& parameter, std::int64_t dims) {
  std::vector<std::int64_t> sizes(dims, 1);
  sizes.front() = parameter.size(0);
  sizes.back() = parameter.size(1);
  return parameter.view(sizes);
}

// [K, B, T, d] to [K B, heads, T, d / heads].
at::Tensor by_heads(const at::Tensor& x, std::int64_t heads) {
  return x.reshape({x.size(0) * x.size(1), x.size(2), heads, x.size(3) / heads}).transpose(1, 2);
}

}  // namespace

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  const auto lanes = x.size(0), out = weight.size(1), in = weight.size(2);
  auto sizes = x.sizes().vec();
  sizes.back() = out;
  if (is_shared(weight)) {
    const auto rows = x.reshape({-1, in});
    if (is_shared(bias)) return at::linear(rows, of_all_lanes(weight), of_all_lanes(bias)).view(sizes);
    return at::linear(rows, of_all_lanes(weight)).view(sizes).add(beside(bias, x.dim()));
  }
  const auto rows = x.reshape({lanes, -1, in});
  const auto w = weight.transpose(1, 2);
  return (bias.defined() ? at::baddbmm(bias.unsqueeze(1), rows, w) : at::bmm(rows, w)).view(sizes);
}

at::Tensor layer_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double eps) {
  const auto width = x.size(-1);
  if (is_shared(weight) && is_shared(bias)) {
    return at::layer_norm(x, {width}, of_all_lanes(weight), of_all_lanes(bias), eps);
  }
  return at::addcmul(beside(bias, x.dim()), at::layer_norm(x, {width}, {}, {}, eps), beside(weight, x.dim()));
}

// Measured on CPUs against batched products, forward and backward: as fast or faster, and never holds [T, T] for all heads.
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int64_t heads) {
  const auto mixed = at::scaled_dot_product_attention(by_heads(q, heads), by_heads(k, heads), by_heads(v, heads));
  return mixed.transpose(1, 2).reshape(q.sizes());
}

}  // namespace graft::core
