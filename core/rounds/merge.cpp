// Merges uploads into the next shared part.
#include "core/rounds/merge.hpp"

#include <ATen/ATen.h>

#include "core/rounds/hooks.hpp"
#include "core/rounds/rounds.hpp"
#include "core/rounds/steps.hpp"

namespace graft::core {

void StreamedMean::add(const at::Tensor& uploads, const std::vector<double>& weights) {
  for (std::size_t lane = 0; lane < weights.size(); ++lane) {
    if (weights[lane] == 0) continue;
    if (!sum_.defined()) sum_ = at::zeros({uploads.size(1)}, uploads.options().dtype(at::kDouble));
    ++count_;
    sum_.add_(uploads[std::int64_t(lane)].to(at::kDouble), weights[lane]);
  }
}

std::vector<double> mean_weights(const Federation& federation, const std::vector<std::int64_t>& cohort) {
  std::vector<double> weights(federation.split.size());
  double total = 0;
  for (const auto client : cohort) {
    if (!takes_part(federation, client)) continue;
    weights[client] = federation.model.plan.weighted_by_samples ? double(federation.split[client].train.size()) : 1.0;
    total += weights[client];
  }
  for (auto& weight : weights) weight = total > 0 ? weight / total : 0;
  return weights;
}

void merge(Federation& federation, const StreamedMean& mean) {
  if (mean.count() == 0) return;
  auto& server = federation.server;
  const auto& spec = federation.manifest.server;
  const auto next =
      call_next(server, federation.model, mean.value(federation.dtype), double(mean.count()) / double(federation.clients()));
  if (spec.lr == 1 && spec.momentum == 0) {
    server.shared = next.clone();  // the mean itself, to the bit
    return;
  }
  auto change = server.shared - next;
  if (spec.momentum != 0) {
    server.momentum = server.momentum.defined() ? server.momentum * spec.momentum + change : change;
    change = server.momentum;
  }
  server.shared = server.shared.sub(change, spec.lr);
  if (server.shared.isfinite().all().item<bool>()) return;
  throw Diverged(Exit::failed,
                 "the shared part diverged in the merge of round " + std::to_string(federation.rounds_done + 1) +
                     ": it has values that are not finite",
                 "A lower server.optimizer.lr or momentum often helps, in a new run.");
}

}  // namespace graft::core
