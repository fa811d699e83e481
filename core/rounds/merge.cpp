// Merges uploads into the next shared part.
#include "core/rounds/merge.hpp"

#include <ATen/ATen.h>

#include "core/rounds/hooks.hpp"
#include "core/rounds/rounds.hpp"
#include "core/rounds/server_step.hpp"
#include "core/rounds/steps.hpp"

namespace graft::core {

namespace {

double weight_of(const Federation& federation, std::int64_t client) {
  const auto samples = std::int64_t(federation.split[client].train.size());
  const auto& training = federation.manifest.training;
  const auto batches = (samples + (training.drop_last ? 0 : training.batch - 1)) / training.batch;
  switch (federation.model.plan.weighting) {
    case Weighting::samples: return double(samples);
    case Weighting::equal: return 1;
    case Weighting::batches: return double(batches);
  }
  return 0;
}

// Those that make a step whenever they are asked.
std::int64_t able_clients(const Federation& federation) {
  std::int64_t able = 0;
  for (std::int64_t client = 0; client < federation.clients(); ++client) able += takes_part(federation, client) ? 1 : 0;
  return able;
}

}  // namespace

void Uploads::add(const at::Tensor& uploads, const std::vector<double>& weights) {
  for (std::size_t lane = 0; lane < weights.size(); ++lane) {
    if (weights[lane] == 0) continue;
    const auto upload = uploads[std::int64_t(lane)];
    ++count_;
    if (gathered_) {
      all_.push_back(upload.clone());
      weights_.push_back(weights[lane]);
      continue;
    }
    if (!sum_.defined()) sum_ = at::zeros({uploads.size(1)}, uploads.options().dtype(at::kDouble));
    sum_.add_(upload.to(at::kDouble), weights[lane]);
  }
}

at::Tensor Uploads::all() const { return at::stack(all_); }
at::Tensor Uploads::weights() const { return at::tensor(weights_, all_.front().options()).unsqueeze(1); }

std::vector<double> mean_weights(const Federation& federation, const std::vector<std::int64_t>& cohort) {
  std::vector<double> weights(federation.split.size());
  double total = 0;
  for (const auto client : cohort) {
    if (!takes_part(federation, client)) continue;
    weights[client] = weight_of(federation, client);
    total += weights[client];
  }
  for (auto& weight : weights) weight = total > 0 ? weight / total : 0;
  return weights;
}

void merge(Federation& federation, const Uploads& uploads) {
  if (uploads.count() == 0 || federation.model.plan.gossips()) return;
  auto& server = federation.server;
  const auto merged =
      merges(federation.model) ? call_merge(federation.model, uploads.all(), uploads.weights()) : uploads.mean(federation.dtype);
  const auto participation = double(uploads.count()) / double(able_clients(federation));
  step_to(server, call_next(server, federation.model, merged, participation), federation.manifest.server);
  if (server.shared.isfinite().all().item<bool>()) return;
  throw Diverged(Exit::failed,
                 "the shared part diverged in the merge of round " + std::to_string(federation.rounds_done + 1) +
                     ": it has values that are not finite",
                 "A lower server.optimizer.lr or momentum often helps, in a new run.");
}

}  // namespace graft::core
