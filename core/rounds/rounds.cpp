// The table of contents of a run: sample, train, merge, evaluate, record.
#include "core/rounds/rounds.hpp"

#include <ATen/ATen.h>

#include <chrono>
#include <numeric>

#include "core/library/hook.hpp"
#include "core/rounds/checkpoint.hpp"
#include "core/rounds/hooks.hpp"
#include "core/rounds/merge.hpp"
#include "core/rounds/recorder.hpp"
#include "core/rounds/sample.hpp"
#include "core/rounds/steps.hpp"
#include "core/rounds/train.hpp"

namespace graft::core {

namespace {

class Clock {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(last_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

bool scores_after(const Manifest& manifest, std::int64_t round) {
  const auto every = manifest.evaluation.every;
  return round == manifest.rounds || (every > 0 && round % every == 0);
}

void refuse_divergence(const Turn& turn, std::int64_t round, double train_loss) {
  const auto finite = turn.full_rows().isfinite().all(1).to(at::kCPU);
  for (std::size_t lane = 0; lane < turn.clients().size(); ++lane) {
    if (finite[std::int64_t(lane)].item<bool>()) continue;
    throw Error(Exit::failed,
                "client " + std::to_string(turn.clients()[lane]) + " diverged in round " + std::to_string(round) + " under strategy '" +
                    turn.federation().model.strategy.id + "': its model has values that are not finite (mean training loss " +
                    std::to_string(train_loss) + ")",
                "A lower training.optimizer.lr, or training.clip_norm = 1.0, often helps.");
  }
}

// What a group of lanes does in a round: its turn, its upload, and what it keeps.
void take_turn(Federation& federation, const std::vector<std::int64_t>& clients, const std::vector<double>& weights, StreamedMean& mean,
               RoundRecord& record, const RunOptions& options) {
  set_run_place({record.round, clients});
  auto turn = start_turn(federation, clients);
  const auto trained = train(turn, {federation.model.plan.training, Purpose::order, federation.rounds_done, true, options.stop});
  const double loss = turn.loss_sums().sum().item<double>();
  refuse_divergence(turn, record.round, trained.steps > 0 ? loss / double(trained.steps) : 0);
  call_finish(turn);
  const auto upload = call_upload(turn);
  std::vector<double> lane_weights;
  for (const auto client : clients) lane_weights.push_back(weights[client]);
  mean.add(upload, lane_weights);
  const auto& catalog = federation.model.catalog;
  if (catalog.row > catalog.shared) {
    federation.store.stage("", clients, turn.full_rows().narrow(1, catalog.shared, catalog.row - catalog.shared));
  }
  for (const auto& [name, rows] : turn.full_kept()) federation.store.stage(name, clients, rows);
  record.steps += trained.steps;
  record.samples += trained.samples;
  record.train_loss += loss;
  record.upload_bytes += double(upload.numel()) * double(at::elementSize(federation.dtype));
  double received = double(catalog.shared);
  for (const auto& [name, row] : federation.server.served) received += double(row.numel());
  record.download_bytes += received * double(clients.size()) * double(at::elementSize(federation.dtype));
  const bool here = federation.manifest.evaluation.when == "before_merge" && scores_after(federation.manifest, record.round);
  if (!here) return;
  for (const auto& one : score(turn, federation.rounds_done, options.stop)) record.scores.push_back(one);
}

// Those that the cohort left out, under before_merge: with the shared part that this round began with.
void score_others(const Federation& federation, RoundRecord& record, const RunOptions& options) {
  std::vector<bool> sampled(federation.split.size());
  for (const auto client : record.cohort) sampled[client] = true;
  std::vector<std::int64_t> others;
  for (std::int64_t client = 0; client < federation.clients(); ++client) {
    if (!sampled[client]) others.push_back(client);
  }
  for (const auto& one : score_clients(federation, others, federation.rounds_done, options.stop)) record.scores.push_back(one);
  std::sort(record.scores.begin(), record.scores.end(), [](const Score& a, const Score& b) { return a.client < b.client; });
}

std::vector<Score> score_everyone(const Federation& federation, const RunOptions& options) {
  std::vector<std::int64_t> everyone(federation.split.size());
  std::iota(everyone.begin(), everyone.end(), 0);
  set_run_place({federation.rounds_done, {}});
  return score_clients(federation, everyone, federation.rounds_done, options.stop);
}

// After the last round, every client: phases that train what is its own, for good.
void close(Federation& federation, const RunOptions& options) {
  std::vector<std::int64_t> everyone(federation.split.size());
  std::iota(everyone.begin(), everyone.end(), 0);
  const auto& catalog = federation.model.catalog;
  for (const auto& group : in_lanes(federation, everyone)) {
    set_run_place({federation.rounds_done, group});
    auto turn = start_turn(federation, group);
    train(turn, {federation.model.plan.closing, Purpose::order, federation.rounds_done, false, options.stop});
    federation.store.stage("", group, turn.full_rows().narrow(1, catalog.shared, catalog.row - catalog.shared));
    for (const auto& [name, rows] : turn.full_kept()) federation.store.stage(name, group, rows);
  }
}

RoundRecord play_round(Federation& federation, Recorder& recorder, const RunOptions& options) {
  Clock clock;
  RoundRecord record;
  record.round = federation.rounds_done + 1;
  record.cohort = sample_cohort(federation, federation.rounds_done);
  const auto weights = mean_weights(federation, record.cohort);
  StreamedMean mean;
  std::size_t turns = 0;
  const auto groups = in_lanes(federation, record.cohort);
  for (const auto& group : groups) {
    take_turn(federation, group, weights, mean, record, options);
    record.train_s += clock.lap();
    recorder.tell(record, double(++turns) / double(groups.size() + 1));
  }
  if (record.steps > 0) record.train_loss /= double(record.steps);
  if (federation.manifest.evaluation.when == "before_merge" && scores_after(federation.manifest, record.round)) {
    score_others(federation, record, options);
    record.evaluate_s += clock.lap();
  }
  const auto uploads = std::count_if(weights.begin(), weights.end(), [](double weight) { return weight > 0; });
  if (!mean.empty()) step_server(federation, mean.value(federation.dtype), double(uploads) / double(federation.clients()));
  recorder.changed(federation.store.commit());
  ++federation.rounds_done;
  if (record.round == federation.manifest.rounds && !federation.model.plan.closing.empty()) {
    close(federation, options);
    recorder.changed(federation.store.commit());
  }
  record.merge_s = clock.lap();
  if (federation.manifest.evaluation.when == "after_merge" && scores_after(federation.manifest, record.round)) {
    record.scores = score_everyone(federation, options);
    record.evaluate_s += clock.lap();
  }
  return record;
}

}  // namespace

std::string run(Federation& federation, const RunOptions& options) {
  const at::NoGradGuard no_grad;
  Recorder recorder(federation, options);
  try {
    while (federation.rounds_done < federation.manifest.rounds) {
      const auto record = play_round(federation, recorder, options);
      recorder.finish_round(federation, record);
    }
    if (!recorder.scored()) recorder.set_scores(score_everyone(federation, options));
  } catch (const Error& error) {
    if (error.status == Exit::interrupted) recorder.interrupted(federation);
    throw;
  }
  return recorder.finish_run(federation);
}

}  // namespace graft::core
