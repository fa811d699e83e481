// The layers of a ViT over lanes. Activations are [K, …, d]; parameters [K, …], one for each lane, or [1, …], one for all lanes and
// multiplied once: the lanes then fold into the batch.
#pragma once
#include <ATen/core/Tensor.h>

namespace graft::core {

// [K, …, in] to [K, …, out]; the bias may be undefined.
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);
at::Tensor layer_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double eps);
// q [K, B, T, d]; k and v [K, B, any, d].
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int64_t heads);

}  // namespace graft::core
