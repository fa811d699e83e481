// Plays turns: of a round's cohort, and of everybody after the last round.
#include "core/rounds/turns.hpp"

#include <ATen/ATen.h>

#include <numeric>

#include "core/library/hook.hpp"
#include "core/rounds/clock.hpp"
#include "core/rounds/hooks.hpp"
#include "core/rounds/rounds.hpp"
#include "core/rounds/steps.hpp"
#include "core/rounds/train.hpp"

namespace graft::core {

namespace {

std::vector<std::int64_t> all_clients(const Federation& federation) {
  std::vector<std::int64_t> everyone(federation.split.size());
  std::iota(everyone.begin(), everyone.end(), 0);
  return everyone;
}

void refuse_divergence(const Turn& turn, std::int64_t round) {
  const auto finite = turn.finite().to(at::kCPU);
  for (std::size_t lane = 0; lane < turn.clients().size(); ++lane) {
    if (finite[std::int64_t(lane)].item<bool>()) continue;
    throw Diverged(Exit::failed,
                   "client " + std::to_string(turn.clients()[lane]) + " diverged in round " + std::to_string(round) +
                       " under strategy '" + turn.federation().model.strategy.id + "': its rows have values that are not finite",
                   "A lower training.optimizer.lr, or training.clip_norm = 1.0, often helps, in a new run.");
  }
}

// What stays with the clients of a turn waits in the store until the round is whole.
void stage(Federation& federation, const Turn& turn) {
  const auto& catalog = federation.model.catalog;
  if (const auto own = catalog.row - catalog.first_own; own > 0) {
    federation.store.stage("", turn.clients(), turn.full_rows().narrow(1, catalog.first_own, own));
  }
  for (const auto& [name, rows] : turn.full_kept()) federation.store.stage(name, turn.clients(), rows);
}

// Without a server, what a client hears others have sent.
void count_gossip(const Federation& federation, const Turn& turn, const Edges& edges, RoundRecord& record) {
  record.turns += std::int64_t(turn.clients().size());
  for (const auto client : turn.clients()) {
    const auto heard = double(edges.of(client).size()) * double(federation.model.catalog.shared);
    record.upload_bytes += heard * double(at::elementSize(federation.dtype));
    record.download_bytes += heard * double(at::elementSize(federation.dtype));
  }
}

void count_traffic(const Federation& federation, const Turn& turn, const at::Tensor& upload, RoundRecord& record) {
  const auto bytes = double(at::elementSize(federation.dtype));
  auto received = double(federation.model.catalog.shared);
  for (const auto& [name, row] : federation.server.served) received += double(row.numel());
  record.turns += std::int64_t(turn.clients().size());
  record.upload_bytes += double(upload.numel()) * bytes;
  record.download_bytes += received * double(turn.clients().size()) * bytes;
}

// One group's turn: train, finish, upload, keep.
void take_turn(Federation& federation, Turn& turn, const std::vector<double>& weights, Uploads& uploads, RoundRecord& record,
               const std::atomic<bool>* stop) {
  const auto trained = train(turn, {federation.model.plan.training, Purpose::order, federation.rounds_done, true, stop});
  const auto loss = turn.loss_sums().sum().item<double>();
  record.steps += trained.steps;
  record.samples += trained.samples;
  record.train_loss += loss;
  refuse_divergence(turn, record.round);
  call_finish(turn);
  stage(federation, turn);
  if (federation.model.plan.gossips()) return;
  const auto upload = call_upload(turn);
  std::vector<double> of_lanes;
  for (const auto client : turn.clients()) of_lanes.push_back(weights[client]);
  uploads.add(upload, of_lanes);
  count_traffic(federation, turn, upload, record);
}

}  // namespace

Uploads train_cohort(Federation& federation, RoundRecord& record, bool scored, const std::atomic<bool>* stop,
                     const std::function<void(double)>& done) {
  Clock clock;
  const auto weights = mean_weights(federation, record.cohort);
  const auto edges = edges_of(federation, federation.rounds_done);
  std::vector<std::int64_t> working, idle;  // one without any step takes no turn, but hears its neighbours all the same
  for (const auto client : record.cohort) (weights[client] > 0 ? working : idle).push_back(client);
  auto groups = in_lanes(federation, working);
  const auto at_work = groups.size();
  if (federation.model.plan.gossips()) {
    for (auto& group : in_lanes(federation, idle)) groups.push_back(std::move(group));
  }
  Uploads uploads(merges(federation.model));
  for (std::size_t i = 0; i < groups.size(); ++i) {
    set_run_place({record.round, groups[i]});
    auto turn = start_training(federation, groups[i], federation.rounds_done, edges);
    i < at_work ? take_turn(federation, turn, weights, uploads, record, stop) : stage(federation, turn);
    if (federation.model.plan.gossips()) count_gossip(federation, turn, edges, record);
    record.train_s += clock.lap();
    if (scored) {
      for (const auto& one : score(turn, record.round, stop)) record.scores.push_back(one);
      record.evaluate_s += clock.lap();
    }
    done(double(i + 1) / double(groups.size() + 1));
  }
  if (record.steps > 0) record.train_loss /= double(record.steps);
  return uploads;
}

std::vector<std::int64_t> close_turns(Federation& federation, RoundRecord& record, const std::atomic<bool>* stop) {
  if (federation.model.plan.closing.empty()) return {};
  const auto round = federation.manifest.rounds;
  for (const auto& group : in_lanes(federation, all_clients(federation))) {
    set_run_place({round, group});
    auto turn = start_turn(federation, group, round - 1);
    begin_anew(turn);
    const auto trained = train(turn, {federation.model.plan.closing, Purpose::order, round, false, stop});
    record.steps += trained.steps;
    record.samples += trained.samples;
    refuse_divergence(turn, round);
    stage(federation, turn);
  }
  return federation.store.commit();
}

bool has_own(const Federation& federation) {
  return federation.model.catalog.row > federation.model.catalog.first_own || !federation.model.plan.keeps.empty();
}

void personalise(Federation& federation, std::int64_t turns, const Watch& watch) {
  if (turns == 0 || !has_own(federation)) return;
  std::vector<std::int64_t> working;
  for (const auto client : all_clients(federation)) {
    if (takes_part(federation, client)) working.push_back(client);
  }
  const auto groups = in_lanes(federation, working);
  const auto all = turns * std::int64_t(groups.size());
  for (std::int64_t round = 0; round < turns; ++round) {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      watch.at("personalising", round * std::int64_t(groups.size()) + std::int64_t(i), all);
      set_run_place({round + 1, groups[i]});
      auto turn = start_turn(federation, groups[i], round);
      begin_anew(turn);
      train(turn, {federation.model.plan.training, Purpose::order, round, true, watch.stop});
      refuse_divergence(turn, round + 1);
      call_finish(turn);
      stage(federation, turn);
    }
    federation.store.commit();
  }
  RoundRecord uncounted;
  close_turns(federation, uncounted, watch.stop);
}

std::vector<Score> score_everyone(const Federation& federation, std::int64_t round, const std::atomic<bool>* stop) {
  return score_clients(federation, all_clients(federation), round, stop);
}

void score_the_rest(const Federation& federation, RoundRecord& record, const std::atomic<bool>* stop) {
  std::vector<bool> scored(federation.split.size());
  for (const auto& one : record.scores) scored[one.client] = true;
  std::vector<std::int64_t> others;
  for (const auto client : all_clients(federation)) {
    if (!scored[client]) others.push_back(client);
  }
  for (const auto& one : score_clients(federation, others, record.round, stop)) record.scores.push_back(one);
  std::sort(record.scores.begin(), record.scores.end(), [](const Score& a, const Score& b) { return a.client < b.client; });
}

}  // namespace graft::core
