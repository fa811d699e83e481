// SGD and AdamW on rows.
#include "core/rounds/optimizer.hpp"

#include <ATen/ATen.h>

#include <cmath>

namespace graft::core {

namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;

at::Tensor clipped(const at::Tensor& direction, double clip_norm) {
  const auto norm = at::linalg_vector_norm(direction, 2, at::IntArrayRef{1}, true);
  return direction * (clip_norm / (norm + 1e-6)).clamp_max(1);
}

at::Tensor of_active(const at::Tensor& state, const at::Tensor& rows) { return state.narrow(0, 0, rows.size(0)); }

void sgd(at::Tensor& rows, at::Tensor direction, const OptimizerSpec& spec, double lr, OptimizerState& state) {
  if (spec.weight_decay != 0) direction = direction.add(rows, spec.weight_decay);
  if (spec.momentum != 0) {
    if (state.first.defined()) {
      state.first = of_active(state.first, rows);
      state.first.mul_(spec.momentum).add_(direction);
    } else {
      state.first = direction.clone();
    }
    direction = state.first;
  }
  rows.add_(direction, -lr);
}

void adamw(at::Tensor& rows, const at::Tensor& direction, const OptimizerSpec& spec, double lr, OptimizerState& state) {
  if (!state.first.defined()) {
    state.first = at::zeros_like(direction);
    state.second = at::zeros_like(direction);
  }
  state.first = of_active(state.first, rows);
  state.second = of_active(state.second, rows);
  const auto t = double(++state.steps);
  rows.mul_(1 - lr * spec.weight_decay);
  state.first.lerp_(direction, 1 - kBeta1);
  state.second.mul_(kBeta2).addcmul_(direction, direction, 1 - kBeta2);
  const auto spread = (state.second.sqrt() / std::sqrt(1 - std::pow(kBeta2, t))).add_(kEpsilon);
  rows.addcdiv_(state.first, spread, -lr / (1 - std::pow(kBeta1, t)));
}

}  // namespace

void descend(at::Tensor rows, at::Tensor direction, const OptimizerSpec& spec, double lr, double clip_norm, OptimizerState& state) {
  if (clip_norm > 0) direction = clipped(direction, clip_norm);
  if (spec.use == "adamw") {
    adamw(rows, direction, spec, lr, state);
  } else {
    sgd(rows, std::move(direction), spec, lr, state);
  }
}

}  // namespace graft::core
