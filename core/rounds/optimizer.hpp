// The optimizers of a client, on rows: one row a client, each as torch.optim would step it.
#pragma once
#include <ATen/core/Tensor.h>

#include "core/manifest/manifest.hpp"

namespace graft::core {

struct OptimizerState {      // new in each phase; lanes that leave take their rows along
  at::Tensor first, second;  // [K, n]
  std::int64_t steps = 0;
};

// rows [k, n] along -direction: sgd (momentum, coupled decay) or adamw (betas 0.9 and 0.999, eps 1e-8, decoupled decay). With
// clip_norm > 0 each row's direction is first scaled down to that norm, as torch's clip_grad_norm_ does.
void descend(at::Tensor rows, at::Tensor direction, const OptimizerSpec& spec, double lr, double clip_norm, OptimizerState& state);

}  // namespace graft::core
