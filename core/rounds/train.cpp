// Runs the phases of a turn; where a phase sees its samples more than once behind a trunk that it does not train, the trunk runs
// once.
#include "core/rounds/train.hpp"

#include <ATen/ATen.h>

#include "core/data/augment.hpp"
#include "core/rounds/hooks.hpp"

namespace graft::core {

namespace {

constexpr double kFeatureBudget = 1024.0 * 1024 * 1024;  // bytes of stored features, over the lanes
constexpr std::int64_t kFeatureBatch = 256;              // samples a forward pass of the trunk, over the lanes

Features stored_features(const Turn& turn, const Phase& phase, const PhaseBatches& batches) {
  const auto& federation = turn.federation();
  const auto stage = first_stage(federation.model, phase);
  const auto& shape = federation.model.vit.shape();
  const auto lanes = static_cast<std::int64_t>(turn.clients().size()), most = batches.most_samples();
  bool repeats = false;
  for (std::size_t lane = 0; lane < turn.clients().size(); ++lane) {
    repeats |= batches.visits(lane) > static_cast<std::int64_t>(federation.split[turn.clients()[lane]].train.size());
  }
  const auto tokens = stage == federation.model.vit.stages() - 1 ? 1 : shape.tokens();
  const double bytes = double(lanes) * double(most) * double(tokens * shape.width) * double(at::elementSize(federation.dtype));
  if (!repeats || bytes > kFeatureBudget) return {};
  std::vector<at::Tensor> parts;
  const auto chunk = std::max<std::int64_t>(1, kFeatureBatch / lanes);
  for (std::int64_t start = 0; start < most; start += chunk) {
    parts.push_back(turn.trunk(batches.images(start, std::min(most, start + chunk)), stage));
    const auto whole = double(parts.back().nbytes()) / double(parts.back().size(1)) * double(most);  // with tokens that stay
    if (whole > kFeatureBudget) return {};
  }
  return {at::cat(parts, 1), stage};
}

}  // namespace

std::int64_t first_stage(const Model& model, const Phase& phase) {
  std::int64_t first = model.vit.stages();
  const auto trained = trained_by(model, phase);
  for (std::size_t i = 0; i < trained.size(); ++i) {
    if (trained[i]) first = std::min(first, model.vit.stage_of(model.catalog.entries[i].spec));
  }
  return first;
}

bool stores_features(const Turn& turn, const Phase& phase) {
  const auto& federation = turn.federation();
  const auto stage = first_stage(federation.model, phase);
  return stage > 0 && !augments(federation.manifest.data.augment) && !turn.trunk_drops_out(stage);
}

Trained train(Turn& turn, const Training& training) {
  const auto& federation = turn.federation();
  Trained total;
  std::vector<std::int64_t> epochs(turn.clients().size());  // the counter runs on across the phases
  for (const auto& phase : training.phases) {
    if (!works(federation.manifest, federation.model, phase)) continue;
    const auto trained = trained_by(federation.model, phase);
    std::vector<DrawnSteps> drawn;
    for (std::size_t lane = 0; lane < epochs.size(); ++lane) {
      drawn.push_back(draw_steps(federation, phase, training.purpose, training.round, turn.clients()[lane], epochs[lane]));
      epochs[lane] += drawn.back().epochs;
    }
    const PhaseBatches batches(federation, turn.clients(), std::move(drawn), phase.parts);
    // What comes after a round, tuning and closing, has the rate of that round.
    const auto lr_round = training.by_strategy ? training.round : std::max<std::int64_t>(0, training.round - 1);
    turn.begin_phase(phase, trained, phase_lr(federation, phase, lr_round));
    if (stores_features(turn, phase)) turn.set_features(stored_features(turn, phase, batches));
    for (std::int64_t step = 0; step < batches.steps(); ++step) {
      stop_if_asked(training.stop);
      if (batches.active(step) != turn.active()) turn.leave(batches.active(step));
      const auto batch = batches.at(step, turn.features());
      training.by_strategy ? call_step(turn, batch) : turn.step(batch);
      turn.count_step();
      total.steps += turn.active();
    }
    for (std::size_t lane = 0; lane < epochs.size(); ++lane) total.samples += batches.visits(lane);
    turn.end_phase();
  }
  return total;
}

}  // namespace graft::core
