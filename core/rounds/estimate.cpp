// Counts the visits that the plan asks for, and times some.
#include "core/rounds/estimate.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <sys/resource.h>

#include <algorithm>
#include <functional>

#include "core/library/hook.hpp"
#include "core/rounds/clock.hpp"
#include "core/rounds/evaluate.hpp"
#include "core/rounds/hooks.hpp"
#include "core/rounds/sample.hpp"
#include "core/rounds/train.hpp"

namespace graft::core {

namespace {

constexpr std::size_t kFew = 8;      // samples of a step that is timed first
constexpr double kQuick = 0.05;      // seconds: a step of so few that is quicker is timed with a whole batch
constexpr double kMergeCopies = 5;   // of uploads where a hook merges: gathered, put together, sorted, with the places of each
constexpr double kTuningCost = 3.0;  // of a sample that tuning sees, in forward passes

double peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_maxrss) * 1024;
}

void shorten(DrawnSteps& drawn, std::size_t steps, std::size_t samples) {
  drawn.batches.resize(std::min(drawn.batches.size(), steps));
  drawn.codes.resize(std::min(drawn.codes.size(), steps));
  for (auto* list : {&drawn.batches, &drawn.codes}) {
    for (auto& batch : *list) batch.resize(std::min(batch.size(), samples));
  }
}

struct Timed {
  double seconds = 0, samples = 0;  // of one step, over the lanes
};

// The second of two steps of a phase with at most so many samples a lane.
Timed timed_step(Turn& turn, const Phase& phase, bool by_strategy, std::size_t most) {
  const auto& federation = turn.federation();
  std::vector<DrawnSteps> drawn;
  for (const auto client : turn.clients()) {
    drawn.push_back(draw_steps(federation, phase, Purpose::order, federation.rounds_done, client, 0));
    shorten(drawn.back(), 2, most);
  }
  const PhaseBatches batches(federation, turn.clients(), std::move(drawn), phase.parts);
  turn.begin_phase(phase, trained_by(federation.model, phase), phase_lr(federation, phase, federation.rounds_done));
  Timed timed;
  for (std::int64_t step = 0; step < batches.steps(); ++step) {
    if (batches.active(step) != turn.active()) turn.leave(batches.active(step));
    Clock clock;
    const auto batch = batches.at(step, {});
    by_strategy ? call_step(turn, batch) : turn.step(batch);
    turn.count_step();
    timed.samples =
        double(turn.active()) * double(batch.parts.empty() ? batch.labels.size(1) : batch.parts[0].labels.size(1) * phase.parts);
    turn.loss_sums().sum().item<double>();  // waits for the device
    timed.seconds = clock.lap();
  }
  turn.end_phase();
  return timed;
}

// As Training has it, `by_strategy`: false for the host's own step.
Timed step_of(Turn& turn, const Phase& phase, bool by_strategy) {
  constexpr auto kAll = static_cast<std::size_t>(-1);
  if (phase.parts > 1) return timed_step(turn, phase, by_strategy, kAll);
  const auto few = timed_step(turn, phase, by_strategy, kFew);
  return few.seconds > kQuick ? few : timed_step(turn, phase, by_strategy, kAll);
}

using Forward = std::function<at::Tensor(const LaneBatch& batch)>;  // makes logits

// Seconds of a forward pass, a sample.
double seconds_of(const Turn& turn, const Forward& forward) {
  const auto& federation = turn.federation();
  const auto lanes = static_cast<std::int64_t>(turn.clients().size()), few = std::int64_t(kFew);
  const auto samples = at::arange(lanes * few, federation.data.labels.options()).remainder(federation.data.samples());
  const auto labels = federation.data.labels.index_select(0, samples).view({lanes, few});
  double seconds = 0;
  for (int again = 0; again < 2; ++again) {  // the first time is slower
    Clock clock;
    const auto images = core::images(federation.data, samples, federation.images).unflatten(0, {lanes, few});
    forward({.inputs = images, .labels = labels}).sum().item<double>();
    seconds = clock.lap();
  }
  return seconds / double(lanes * few);
}

// Samples that an average client visits in a phase.
double visits_of(const Federation& federation, const Phase& phase) {
  const auto& training = federation.manifest.training;
  double all = 0;
  for (const auto& client : federation.split) {
    const auto samples = double(client.train.size());
    const auto epochs = double(phase.epochs < 0 ? training.epochs : phase.epochs);
    all += phase.steps > 0 ? double(phase.steps) * std::min(samples, double(training.batch * phase.parts)) : epochs * samples;
  }
  return all / double(federation.split.size());
}

double mean_samples(const Federation& federation, std::vector<std::int64_t> ClientSamples::*part) {
  double all = 0;
  for (const auto& client : federation.split) all += double((client.*part).size());
  return all / double(federation.split.size());
}

double scorings(const Manifest& manifest, std::int64_t done) {
  const auto every = manifest.evaluation.every;
  if (every == 0) return 1;
  const auto left = manifest.rounds / every - done / every + (manifest.rounds % every != 0 ? 1 : 0);
  return double(std::max<std::int64_t>(1, left));
}

// Bytes that a client's own rows take.
double own_bytes(const Federation& federation) {
  double all = 0;
  for (const auto& [name, row] : federation.store.initial()) all += double(row.nbytes());
  return all;
}

// Seconds of an average client's turn, of scoring it, and of what closes its run.
struct Spent {
  double turn = 0, score = 0, close = 0, growth = 1;  // growth: of a whole batch's memory over that of the steps that were taken
};

// Seconds of an average client in this phase, with so many for a sample's forward pass.
double seconds_in(Turn& turn, const Phase& phase, bool by_strategy, double forward, double& growth) {
  const auto& federation = turn.federation();
  if (!works(federation.manifest, federation.model, phase)) return 0;
  const auto timed = step_of(turn, phase, by_strategy);
  if (timed.samples == 0) return 0;
  const auto visits = visits_of(federation, phase), samples = mean_samples(federation, &ClientSamples::train);
  const auto each = timed.seconds / timed.samples;
  const bool stored = visits > samples && stores_features(turn, phase);
  const auto whole = double(turn.clients().size()) * double(federation.manifest.training.batch * phase.parts);
  growth = std::max(growth, whole / timed.samples);
  if (!stored) return visits * each;
  const auto& model = federation.model;
  const auto spared = forward * double(first_stage(model, phase)) / double(model.vit.stages());  // as if all took the same
  return samples * spared + visits * std::max(0.05 * each, each - spared);
}

Spent spent_by(const Federation& federation, Turn& turn) {
  Spent spent;
  const auto forward = seconds_of(turn, [&](const LaneBatch& batch) { return turn.logits(batch.inputs); });
  const auto scored =
      predicts(federation.model) ? seconds_of(turn, [&](const LaneBatch& batch) { return call_predict(turn, batch); }) : forward;
  const auto& plan = federation.model.plan;
  for (const auto& phase : plan.training) spent.turn += seconds_in(turn, phase, true, forward, spent.growth);
  for (const auto& phase : plan.closing) spent.close += seconds_in(turn, phase, false, forward, spent.growth);
  spent.score = (mean_samples(federation, &ClientSamples::test) + mean_samples(federation, &ClientSamples::validation)) * scored;
  for (const auto& phase : plan.tuning) spent.score += visits_of(federation, phase) * kTuningCost * forward;
  return spent;
}

}  // namespace

Estimate estimate(const Federation& federation, const std::atomic<bool>* stop) {
  const at::NoGradGuard no_grad;
  stop_if_asked(stop);
  std::vector<std::int64_t> working;
  for (const auto client : sample_cohort(federation, federation.rounds_done)) {
    if (takes_part(federation, client)) working.push_back(client);
  }
  Estimate guess{0, peak_memory(), 0};
  if (working.empty() || federation.rounds_done >= federation.manifest.rounds) return guess;
  const auto group = in_lanes(federation, working).front();
  set_run_place({federation.rounds_done + 1, group, true});
  auto turn = start_turn(federation, group, federation.rounds_done);
  const auto spent = spent_by(federation, turn);
  set_run_place({});

  const auto clients = double(federation.clients()), cohort = double(cohort_size(federation.manifest, federation.clients()));
  const auto rounds = double(federation.manifest.rounds - federation.rounds_done);
  guess.seconds = rounds * cohort * spent.turn + scorings(federation.manifest, federation.rounds_done) * clients * spent.score +
                  clients * spent.close;
  const auto after = peak_memory(), own = own_bytes(federation);
  const auto kept = std::min(clients, rounds * cohort + double(federation.store.rows().size()));
  const auto shared = double(federation.model.catalog.shared), scalar = double(at::elementSize(federation.dtype));
  const auto uploads =
      merges(federation.model) ? kMergeCopies * cohort * shared * scalar : 2 * shared * sizeof(double);  // gathered, or summed
  guess.memory_bytes = after + (after - guess.memory_bytes) * (spent.growth - 1) + (kept + cohort) * own + uploads;
  guess.disk_bytes = (kept + cohort) * own + 2 * double(federation.server.shared.nbytes());
  return guess;
}

}  // namespace graft::core
