// What an author computes with beside what ATen has: layers over lanes, algebra on rows.
#pragma once
#include <graft/op.hpp>

namespace graft {

// Activations are [K, ..., d]; parameters [K, ...], one for each lane, or [1, ...], one for all lanes and multiplied once.
// Function objects, so that in a NATIVE build ATen's functions of these names are not found beside them.
inline constexpr auto linear = [](const Tensor& x, const Tensor& weight,
                                  const Tensor& bias = {}) {  // [K, ..., in] to [K, ..., out]
  return adopt(table().linear(lend(x), lend(weight), lend(bias)));
};
inline constexpr auto layer_norm = [](const Tensor& x, const Tensor& weight, const Tensor& bias, double eps = 1e-6) {
  return adopt(table().layer_norm(lend(x), lend(weight), lend(bias), eps));
};
inline constexpr auto attention = [](const Tensor& q, const Tensor& k, const Tensor& v, int64_t heads) {  // [K, B, T, d] each
  return adopt(table().attention(lend(q), lend(k), lend(v), heads));
};

// A parameter [K|1, ...] as it meets activations [K, B, T, d] elementwise: its lanes first, its other dimensions last.
inline Tensor over_batch(Tensor parameter) {
  while (parameter.dim() < 4) parameter = parameter.unsqueeze(1);
  return parameter;
}

// Rows [K, n], one row a client.
inline Tensor mix(const Tensor& a, const Tensor& b, const Tensor& share) { return a.lerp(b, share); }  // a + share (b - a)
inline Tensor row_dot(const Tensor& a, const Tensor& b) { return (a * b).sum(1, true); }               // [K, 1]
inline Tensor row_norm(const Tensor& a) { return a.norm(2, 1, true); }                                 // [K, 1]

}  // namespace graft
