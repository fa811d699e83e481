// Scores clients in lanes; nothing that is done here reaches the store.
#include "core/rounds/evaluate.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "core/library/hook.hpp"
#include "core/rounds/hooks.hpp"
#include "core/rounds/train.hpp"

namespace graft::core {

namespace {

constexpr std::int64_t kScoreBatch = 256;  // test samples of a lane a forward pass, where evaluation.batch is auto

using Part = std::vector<std::int64_t> ClientSamples::*;  // a client's samples to be scored on

at::Tensor samples_of(Part part, const Federation& federation, const std::vector<std::int64_t>& clients, std::int64_t start,
                      std::int64_t end, at::Tensor& filled) {
  const auto lanes = static_cast<std::int64_t>(clients.size());
  auto samples = at::zeros({lanes, end - start}, at::kLong), weights = at::zeros({lanes, end - start}, at::kDouble);
  auto cells = samples.accessor<std::int64_t, 2>();
  auto marks = weights.accessor<double, 2>();
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    const auto& mine = federation.split[clients[lane]].*part;
    for (std::int64_t i = start; i < std::min<std::int64_t>(end, mine.size()); ++i) {
      cells[lane][i - start] = mine[i];
      marks[lane][i - start] = 1;
    }
  }
  filled = weights.to(federation.device);
  return samples.flatten().to(federation.device);
}

// [classes] each: test samples, and those that were right.
std::vector<ClassScore> by_class(const at::Tensor& tests, const at::Tensor& right) {
  std::vector<ClassScore> classes;
  const auto counts = tests.accessor<double, 1>(), hits = right.accessor<double, 1>();
  for (std::int64_t label = 0; label < counts.size(0); ++label) {
    if (counts[label] > 0) classes.push_back({label, std::llround(counts[label]), std::llround(hits[label])});
  }
  return classes;
}

// [K] and [K, classes]: sums over the samples of a part, on the CPU.
struct Sums {
  at::Tensor loss, samples, right;
};

// Lanes' samples side by side; the shorter ones are filled up with weight 0.
Sums summed(Part part, Turn& turn, const std::atomic<bool>* stop) {
  const auto& federation = turn.federation();
  const auto& clients = turn.clients();
  const auto lanes = static_cast<std::int64_t>(clients.size());
  std::int64_t most = 0;
  for (const auto client : clients) most = std::max<std::int64_t>(most, (federation.split[client].*part).size());
  const auto batch = federation.manifest.evaluation.batch > 0 ? federation.manifest.evaluation.batch : kScoreBatch;
  const auto classes = federation.model.vit.shape().classes;
  auto loss = at::zeros({lanes}, at::TensorOptions(federation.device).dtype(at::kDouble));
  auto counts = at::zeros({lanes, classes}, loss.options()), right = at::zeros_like(counts);
  for (std::int64_t start = 0; start < most; start += batch) {
    stop_if_asked(stop);
    const auto end = std::min(most, start + batch);
    at::Tensor filled;
    const auto samples = samples_of(part, federation, clients, start, end, filled);
    const auto labels = federation.data.labels.index_select(0, samples);
    const auto images = core::images(federation.data, samples, federation.images).unflatten(0, {lanes, end - start});
    const auto own = labels.view({lanes, -1});
    const auto logits = call_predict(turn, {.inputs = images, .labels = own}).flatten(0, 1);
    const auto each = at::cross_entropy_loss(logits, labels, {}, at::Reduction::None).to(at::kDouble).view({lanes, -1});
    const auto certain = logits.isfinite().all(-1);  // argmax takes a NaN for the largest
    const auto hit = logits.argmax(-1).eq(labels).logical_and(certain).to(at::kDouble).view({lanes, -1});
    loss.add_((each * filled).sum(1));
    counts.scatter_add_(1, own, filled);
    right.scatter_add_(1, own, hit * filled);
  }
  return {loss.to(at::kCPU), counts.to(at::kCPU), right.to(at::kCPU)};
}

double mean_of(const at::Tensor& sum, std::int64_t count) {
  return count > 0 ? sum.sum().item<double>() / double(count) : kNotScored;
}

std::vector<Score> score_rows(Turn& turn, const std::atomic<bool>* stop) {
  const auto& clients = turn.clients();
  const auto& split = turn.federation().split;
  const auto test = summed(&ClientSamples::test, turn, stop), validation = summed(&ClientSamples::validation, turn, stop);
  std::vector<Score> scores;
  for (std::int64_t lane = 0; lane < std::int64_t(clients.size()); ++lane) {
    const auto& samples = split[clients[lane]];
    const auto tests = std::int64_t(samples.test.size()), validations = std::int64_t(samples.validation.size());
    scores.push_back({.client = clients[lane],
                      .test_samples = tests,
                      .accuracy = mean_of(test.right[lane], tests),
                      .loss = mean_of(test.loss[lane], tests),
                      .classes = by_class(test.samples[lane], test.right[lane]),
                      .validation_samples = validations,
                      .validation_accuracy = mean_of(validation.right[lane], validations),
                      .validation_loss = mean_of(validation.loss[lane], validations)});
  }
  return scores;
}

bool tunes(const Federation& federation) {
  const auto& tuning = federation.model.plan.tuning;
  return std::any_of(tuning.begin(), tuning.end(),
                     [&](const Phase& phase) { return works(federation.manifest, federation.model, phase); });
}

}  // namespace

Turn start_turn(const Federation& federation, const std::vector<std::int64_t>& clients, std::int64_t round) {
  const auto lanes = static_cast<std::int64_t>(clients.size());
  const auto& shared = federation.server.shared;
  auto rows = federation.store.fetch("", clients, federation.device);
  const bool own_shared = federation.model.plan.gossips();
  if (!own_shared) rows = at::cat({shared.expand({lanes, shared.size(1)}), rows}, 1);
  NamedRows kept;
  for (const auto& row : federation.model.plan.keeps) kept[row.name] = federation.store.fetch(row.name, clients, federation.device);
  Turn turn(federation, clients, std::move(rows), std::move(kept), own_shared);
  turn.set_lr(scheduled_lr(federation.manifest.training, round, federation.manifest.rounds));
  return turn;
}

void begin_anew(Turn& turn) {
  const auto& federation = turn.federation();
  if (!federation.model.plan.stateless) return;
  const auto& catalog = federation.model.catalog;
  const auto personal = catalog.row - catalog.shared;
  const auto initial = federation.store.initial().at("").narrow(0, catalog.shared - catalog.first_own, personal);
  turn.full_rows().narrow(1, catalog.shared, personal).copy_(initial.unsqueeze(0));
}

Turn start_training(const Federation& federation, const std::vector<std::int64_t>& clients, std::int64_t round,
                    const Edges& edges) {
  auto turn = start_turn(federation, clients, round);
  begin_anew(turn);
  if (federation.model.plan.gossips()) turn.receive(mixed(federation, edges, clients));
  return turn;
}

std::vector<Score> score(Turn& turn, std::int64_t round, const std::atomic<bool>* stop) {
  const at::NoGradGuard no_grad;
  const auto& federation = turn.federation();
  if (predicts(federation.model)) return score_rows(turn, stop);
  const auto predicted = call_predictor(turn);
  if (!predicted.defined() && !tunes(federation)) return score_rows(turn, stop);
  const auto lanes = static_cast<std::int64_t>(turn.clients().size());
  auto rows = predicted.defined() ? predicted : turn.full_rows();
  const bool own_shared = predicted.defined() || federation.model.plan.gossips() || turn.all_steps().max().item<double>() > 0;
  if (!tunes(federation)) {
    Turn copy(federation, turn.clients(), rows.contiguous(), {}, own_shared);
    return score_rows(copy, stop);
  }
  rows = at::cat({rows, federation.held.expand({lanes, federation.held.size(1)})}, 1);
  Turn copy(federation, turn.clients(), rows, {}, own_shared);
  train(copy, {federation.model.plan.tuning, Purpose::tuning, round, false, stop});
  return score_rows(copy, stop);
}

std::vector<Score> score_clients(const Federation& federation, const std::vector<std::int64_t>& clients, std::int64_t round,
                                 const std::atomic<bool>* stop) {
  const at::NoGradGuard no_grad;
  std::map<std::int64_t, Score> found;
  for (const auto& group : in_lanes(federation, clients)) {
    set_run_place({round, group});
    auto turn = start_turn(federation, group, std::max<std::int64_t>(0, round - 1));
    for (auto& one : score(turn, round, stop)) found[one.client] = one;
  }
  std::vector<Score> scores;
  for (const auto client : clients) scores.push_back(found.at(client));
  return scores;
}

}  // namespace graft::core
