// Draws steps: epochs cut into batches, keyed by client, round and epoch.
#include "core/rounds/steps.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "core/data/augment.hpp"

namespace graft::core {

namespace {

// Of n samples, how many make the steps of one epoch: the samples of the last, short one count only where it is one.
bool is_step(std::int64_t samples, const Phase& phase, const TrainingSpec& training) {
  return training.drop_last ? samples == phase.parts * training.batch : samples > (phase.parts - 1) * training.batch;
}

std::vector<std::int64_t> positions_of(const ClientSamples& samples) {
  std::vector<std::int64_t> positions(samples.train.size());
  std::iota(positions.begin(), positions.end(), 0);
  return positions;
}

// One a position, of the samples that stand there.
std::vector<std::int64_t> codes_of(const Federation& federation, const std::vector<std::int64_t>& positions, std::int64_t round,
                                   std::int64_t client, std::int64_t epoch) {
  const auto& manifest = federation.manifest;
  const auto& samples = federation.split[client].train;
  std::vector<std::int64_t> codes;
  for (const auto position : positions) {
    codes.push_back(augment_code(manifest.data.augment, manifest.seed, round, client, epoch, samples[position]));
  }
  return codes;
}

// The epoch counter runs on through a turn, so that a step's place in its epoch is its place in the turn.
std::uint64_t stream_of(std::uint64_t seed, Purpose purpose, std::int64_t round, std::int64_t client, std::int64_t epoch,
                        std::size_t step) {
  const auto turn = static_cast<std::uint64_t>(purpose);  // a round's, or the tuning behind it
  return Random(seed, Purpose::dropout, {turn, std::uint64_t(round), std::uint64_t(client), std::uint64_t(epoch), step}).next();
}

}  // namespace

DrawnSteps draw_steps(const Federation& federation, const Phase& phase, Purpose purpose, std::int64_t round, std::int64_t client,
                      std::int64_t first_epoch) {
  const auto& manifest = federation.manifest;
  const auto epochs = phase.epochs < 0 ? manifest.training.epochs : phase.epochs;
  const auto width = static_cast<std::size_t>(phase.parts * manifest.training.batch);
  const auto positions = positions_of(federation.split[client]);
  DrawnSteps drawn;
  const auto wanted = static_cast<std::size_t>(phase.steps);
  while (wanted > 0 ? drawn.batches.size() < wanted : drawn.epochs < epochs) {
    const auto before = drawn.batches.size();
    const auto epoch = first_epoch + drawn.epochs++;
    const auto order = epoch_order(positions, manifest.data.shuffle, manifest.seed, purpose, round, client, epoch);
    for (std::size_t start = 0; start < order.size(); start += width) {
      const auto end = std::min(order.size(), start + width);
      if (wanted > 0 && drawn.batches.size() == wanted) break;
      if (!is_step(static_cast<std::int64_t>(end - start), phase, manifest.training)) continue;
      drawn.batches.emplace_back(order.begin() + start, order.begin() + end);
      drawn.streams.push_back(stream_of(manifest.seed, purpose, round, client, epoch, start / width));
      if (augments(manifest.data.augment)) drawn.codes.push_back(codes_of(federation, drawn.batches.back(), round, client, epoch));
    }
    if (wanted > 0 && drawn.batches.size() == before) break;  // too few samples for any step
  }
  return drawn;
}

bool takes_part(const Federation& federation, std::int64_t client) {
  const auto samples = static_cast<std::int64_t>(federation.split[client].train.size());
  const auto& training = federation.manifest.training;
  const auto& phases = federation.model.plan.training;
  return samples > 0 && std::any_of(phases.begin(), phases.end(), [&](const Phase& phase) {
           const auto first = std::min(samples, phase.parts * training.batch);
           return is_step(first, phase, training) && works(federation.manifest, federation.model, phase);
         });
}

std::vector<std::vector<std::int64_t>> in_lanes(const Federation& federation, std::vector<std::int64_t> clients) {
  std::stable_sort(clients.begin(), clients.end(),
                   [&](auto a, auto b) { return federation.split[a].train.size() > federation.split[b].train.size(); });
  std::vector<std::vector<std::int64_t>> groups;
  const auto lanes = static_cast<std::size_t>(federation.lanes);
  for (std::size_t start = 0; start < clients.size(); start += lanes) {
    groups.emplace_back(clients.begin() + start, clients.begin() + std::min(clients.size(), start + lanes));
  }
  return groups;
}

double scheduled_lr(const TrainingSpec& training, std::int64_t round, std::int64_t rounds) {
  const auto& schedule = training.lr_schedule;
  double lr = training.optimizer.lr;
  if (schedule.use == "step") {
    for (const auto at : schedule.at) lr *= round >= at ? schedule.factor : 1;
  } else if (schedule.use == "cosine" && rounds > 0) {
    lr *= 0.5 * (1 + std::cos(std::numbers::pi * double(round) / double(rounds)));
  }
  return lr;
}

double phase_lr(const Federation& federation, const Phase& phase, std::int64_t round) {
  const auto& manifest = federation.manifest;
  const double lr = phase.lr >= 0 ? phase.lr : scheduled_lr(manifest.training, round, manifest.rounds);
  return lr * phase.lr_scale;
}

}  // namespace graft::core
