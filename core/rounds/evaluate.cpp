// Scores clients in lanes; nothing that is done here reaches the store.
#include "core/rounds/evaluate.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/library/hook.hpp"
#include "core/rounds/hooks.hpp"
#include "core/rounds/train.hpp"

namespace graft::core {

namespace {

constexpr std::int64_t kScoreBatch = 256;  // test samples of a lane a forward pass, where evaluation.batch is auto

at::Tensor test_samples(const Federation& federation, const std::vector<std::int64_t>& clients, std::int64_t start,
                        std::int64_t end, at::Tensor& filled) {
  const auto lanes = static_cast<std::int64_t>(clients.size());
  auto samples = at::zeros({lanes, end - start}, at::kLong), weights = at::zeros({lanes, end - start}, at::kDouble);
  auto cells = samples.accessor<std::int64_t, 2>();
  auto marks = weights.accessor<double, 2>();
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    const auto& mine = federation.split[clients[lane]].test;
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

// Lanes' tests side by side; the shorter ones are filled up with weight 0.
std::vector<Score> score_rows(Turn& turn, const std::atomic<bool>* stop) {
  const auto& federation = turn.federation();
  const auto& clients = turn.clients();
  const auto lanes = static_cast<std::int64_t>(clients.size());
  std::int64_t most = 0;
  for (const auto client : clients) most = std::max<std::int64_t>(most, federation.split[client].test.size());
  const auto batch = federation.manifest.evaluation.batch > 0 ? federation.manifest.evaluation.batch : kScoreBatch;
  const auto classes = federation.model.vit.shape().classes;
  auto loss = at::zeros({lanes}, at::TensorOptions(federation.device).dtype(at::kDouble));
  auto tests = at::zeros({lanes, classes}, loss.options()), right = at::zeros_like(tests);
  for (std::int64_t start = 0; start < most; start += batch) {
    stop_if_asked(stop);
    const auto end = std::min(most, start + batch);
    at::Tensor filled;
    const auto samples = test_samples(federation, clients, start, end, filled);
    const auto labels = federation.data.labels.index_select(0, samples);
    const auto images = core::images(federation.data, samples, federation.images).unflatten(0, {lanes, end - start});
    const auto own = labels.view({lanes, -1});
    const auto logits = call_predict(turn, {.inputs = images, .labels = own}).flatten(0, 1);
    const auto each = at::cross_entropy_loss(logits, labels, {}, at::Reduction::None).to(at::kDouble).view({lanes, -1});
    const auto certain = logits.isfinite().all(-1);  // argmax takes a NaN for the largest
    const auto hit = logits.argmax(-1).eq(labels).logical_and(certain).to(at::kDouble).view({lanes, -1});
    loss.add_((each * filled).sum(1));
    tests.scatter_add_(1, own, filled);
    right.scatter_add_(1, own, hit * filled);
  }
  loss = loss.to(at::kCPU);
  tests = tests.to(at::kCPU);
  right = right.to(at::kCPU);
  std::vector<Score> scores;
  for (std::int64_t lane = 0; lane < lanes; ++lane) {
    const auto count = static_cast<std::int64_t>(federation.split[clients[lane]].test.size());
    const double none = std::numeric_limits<double>::quiet_NaN();
    scores.push_back({clients[lane], count, count ? right[lane].sum().item<double>() / double(count) : none,
                      count ? loss[lane].item<double>() / double(count) : none, by_class(tests[lane], right[lane])});
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
