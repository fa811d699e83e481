// The table of contents of a run: sample, train, merge, evaluate, record.
#include "core/rounds/rounds.hpp"

#include <ATen/core/grad_mode.h>

#include "core/base/log.hpp"
#include "core/library/hook.hpp"
#include "core/rounds/clock.hpp"
#include "core/rounds/merge.hpp"
#include "core/rounds/recorder.hpp"
#include "core/rounds/sample.hpp"
#include "core/rounds/train.hpp"
#include "core/rounds/turns.hpp"

namespace graft::core {

namespace {

bool is_scored(const Manifest& manifest, std::int64_t round, const char* when) {
  const auto every = manifest.evaluation.every;
  return manifest.evaluation.when == when && (round == manifest.rounds || (every > 0 && round % every == 0));
}

RoundRecord play_round(Federation& federation, Recorder& recorder, const std::atomic<bool>* stop) {
  Clock clock;
  RoundRecord record;
  record.round = federation.rounds_done + 1;
  record.cohort = sample_cohort(federation, federation.rounds_done);
  const bool inside = is_scored(federation.manifest, record.round, "before_merge");
  const auto uploads = train_cohort(federation, record, inside, stop, [&](double done) { recorder.tell(record, done); });
  clock.lap();
  if (record.steps == 0 && federation.rounds_done == 0) {
    log(Level::warning, "no client made a step in round 1: nothing was trained (no sample, or no tensor, to train?)");
  }
  if (inside) score_the_rest(federation, record, stop);
  record.evaluate_s += clock.lap();

  // From here the state is neither that before nor that after the round. Where older rounds are not on the disk yet, an
  // interruption waits for its end.
  if (!recorder.saved(federation)) stop = nullptr;
  recorder.state_moves();
  set_run_place({record.round, {}});
  merge(federation, uploads);
  recorder.changed(federation.store.commit());
  record.merge_s = clock.lap();
  if (record.round == federation.manifest.rounds) recorder.changed(close_turns(federation, record, stop));
  record.train_s += clock.lap();

  if (is_scored(federation.manifest, record.round, "after_merge")) record.scores = score_everyone(federation, record.round, stop);
  record.evaluate_s += clock.lap();
  return record;
}

}  // namespace

std::string run(Federation& federation, const RunOptions& options) {
  const at::NoGradGuard no_grad;
  Recorder recorder(federation, options);
  try {
    while (federation.rounds_done < federation.manifest.rounds) {
      stop_if_asked(options.stop);
      const auto record = play_round(federation, recorder, options.stop);
      ++federation.rounds_done;
      recorder.finish_round(federation, record);
    }
    if (!recorder.scored()) {
      Clock clock;
      auto scores = score_everyone(federation, federation.rounds_done, options.stop);
      recorder.set_scores(std::move(scores), clock.lap());
    }
  } catch (const Error& error) {
    if (error.status == Exit::interrupted) recorder.interrupted(federation);
    throw;
  }
  return recorder.finish_run(federation);
}

}  // namespace graft::core
