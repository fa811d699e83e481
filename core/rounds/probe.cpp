// A federation of one client with a sample for each part of a step, in batches of one.
#include "core/rounds/probe.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <numeric>

#include "core/base/log.hpp"
#include "core/base/macs.hpp"
#include "core/library/hook.hpp"
#include "core/rounds/evaluate.hpp"
#include "core/rounds/hooks.hpp"
#include "core/rounds/train.hpp"

namespace graft::core {

namespace {

Federation blank_of(const Federation& given, std::int64_t samples) {
  Federation blank = given;  // its tensors are shared, and not written to
  const auto size = given.model.vit.shape().image;
  blank.device = at::kCPU;
  blank.manifest.training.batch = 1;
  blank.manifest.training.drop_last = false;
  blank.manifest.data.augment = {};
  blank.data = {};
  blank.data.images = at::zeros({samples, kChannels, size, size}, at::kByte);
  blank.data.labels = at::zeros({samples}, at::kLong);
  blank.split = {ClientSamples{{}, {}}};
  blank.split[0].train.resize(static_cast<std::size_t>(samples));
  std::iota(blank.split[0].train.begin(), blank.split[0].train.end(), 0);
  blank.images = {size, at::full({kChannels, 1, 1}, 0.5, given.dtype), at::ones({kChannels, 1, 1}, given.dtype)};
  for (auto* row : {&blank.held, &blank.frozen, &blank.server.shared}) *row = row->to(at::kCPU);
  for (auto& [name, row] : blank.server.served) row = row.to(at::kCPU);
  return blank;
}

std::int64_t macs_of(Turn& turn, Phase phase, std::int64_t epochs) {
  phase.steps = 0;
  phase.epochs = epochs;
  const std::vector<Phase> phases{phase};
  const CountedMacs macs;
  train(turn, {phases, Purpose::order, 0, true, nullptr});
  return macs.count();
}

// Of all epochs: what an epoch costs does not change, but that stored features are there from the first of several on.
std::int64_t macs_of(Turn& turn, const Phase& phase) {
  const auto& federation = turn.federation();
  if (!works(federation.manifest, federation.model, phase)) return 0;
  const auto epochs = phase.steps > 0 ? 1 : phase.epochs < 0 ? federation.manifest.training.epochs : phase.epochs;
  if (epochs == 1 || !stores_features(turn, phase)) return epochs * macs_of(turn, phase, 1);
  const auto two = macs_of(turn, phase, 2);
  return epochs == 2 ? two : two + (epochs - 2) * (macs_of(turn, phase, 3) - two);
}

// Scalars that a client hears from its neighbours in the first round, on average.
std::int64_t heard_scalars(const Federation& federation) {
  const auto& data = federation.manifest.data;
  const auto clients = !federation.split.empty()   ? federation.clients()
                       : data.split.by == "domain" ? data.clients  // whatever the domains are, which only the data say
                                                   : clients_of(federation.manifest);
  const auto edges = edges_of(federation.model.plan.gossip, clients, federation.manifest.seed, 0);
  return std::llround(edges.mean_degree() * double(federation.model.catalog.shared));
}

Costs measured(const Federation& federation, Costs costs) {
  const auto gossips = federation.model.plan.gossips();
  if (gossips) costs.upload = costs.download = heard_scalars(federation);
  std::int64_t samples = 1, macs = 0;  // so many that every phase's batches come out even
  for (const auto& phase : federation.model.plan.training) samples = std::lcm(samples, phase.parts);
  const auto blank = blank_of(federation, samples);
  auto turn = start_training(blank, {0}, 0, edges_of(blank, 0));
  for (const auto& phase : federation.model.plan.training) macs += macs_of(turn, phase) / samples;
  call_finish(turn);
  if (!gossips) costs.upload = call_upload(turn).size(1);
  costs.training_macs = macs;
  return costs;
}

}  // namespace

Costs measured_costs(const Federation& federation) {
  const at::NoGradGuard no_grad;
  auto costs = costs_of(federation.manifest, federation.model);
  set_run_place({.trial = true});
  try {
    costs = measured(federation, costs);
  } catch (const Error& error) {
    log(Level::warning, std::string("its costs are counted from its plan alone: ") + error.what());
  }
  set_run_place({});
  return costs;
}

}  // namespace graft::core
