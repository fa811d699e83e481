// Builds batches from positions, without waiting for the device.
#include "core/rounds/batch.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/data/augment.hpp"

namespace graft::core {

namespace {

at::Tensor samples_of(const Federation& federation, const std::vector<std::int64_t>& clients) {
  std::size_t most = 1;
  for (const auto client : clients) most = std::max(most, federation.split[client].train.size());
  auto samples = at::zeros({std::int64_t(clients.size()), std::int64_t(most)}, at::kLong);
  auto rows = samples.accessor<std::int64_t, 2>();
  for (std::size_t lane = 0; lane < clients.size(); ++lane) {
    const auto& mine = federation.split[clients[lane]].train;
    for (std::size_t i = 0; i < most && !mine.empty(); ++i) rows[lane][i] = mine[std::min(i, mine.size() - 1)];
  }
  return samples;
}

}  // namespace

PhaseBatches::PhaseBatches(const Federation& federation, const std::vector<std::int64_t>& clients, std::vector<DrawnSteps> drawn,
                           std::int64_t parts)
    : federation_(federation), parts_(parts) {
  std::size_t steps = 0, width = 0;
  for (const auto& lane : drawn) {
    steps = std::max(steps, lane.batches.size());
    for (const auto& batch : lane.batches) width = std::max(width, batch.size());
  }
  auto positions = at::zeros({std::int64_t(steps), std::int64_t(clients.size()), std::int64_t(width)}, at::kLong);
  auto codes = at::zeros_like(positions);
  auto filled = at::zeros({std::int64_t(steps), std::int64_t(clients.size()), 1}, at::kLong);
  auto counts = filled.accessor<std::int64_t, 3>();
  auto cells = positions.accessor<std::int64_t, 3>(), draws = codes.accessor<std::int64_t, 3>();
  const bool augmented = augments(federation.manifest.data.augment);
  sizes_.resize(steps);
  streams_.resize(steps);
  for (std::size_t step = 0; step < steps; ++step) {
    for (std::size_t lane = 0; lane < drawn.size() && step < drawn[lane].batches.size(); ++lane) {
      const auto& batch = drawn[lane].batches[step];
      for (std::size_t i = 0; i < batch.size(); ++i) cells[step][lane][i] = batch[i];
      for (std::size_t i = 0; i < batch.size() && augmented; ++i) draws[step][lane][i] = drawn[lane].codes[step][i];
      counts[step][lane][0] = static_cast<std::int64_t>(batch.size());
      sizes_[step].push_back(counts[step][lane][0]);
      streams_[step].push_back(drawn[lane].streams[step]);
    }
  }
  if (augmented) codes_ = codes.to(federation.device);
  samples_ = samples_of(federation, clients).to(federation.device);
  positions_ = positions.to(federation.device);
  filled_ = filled.to(federation.device);
}

std::int64_t PhaseBatches::active(std::int64_t step) const { return static_cast<std::int64_t>(sizes_[step].size()); }

std::int64_t PhaseBatches::visits(std::size_t lane) const {
  std::int64_t total = 0;
  for (const auto& step : sizes_) total += lane < step.size() ? step[lane] : 0;
  return total;
}

LaneBatch PhaseBatches::at(std::int64_t step, const Features& features) const {
  if (parts_ == 1) return part(step, 0, features);
  LaneBatch batch;
  for (std::int64_t i = 0; i < parts_; ++i) batch.parts.push_back(part(step, i, features));
  return batch;
}

LaneBatch PhaseBatches::part(std::int64_t step, std::int64_t index, const Features& features) const {
  const auto full = federation_.manifest.training.batch;
  std::vector<std::int64_t> sizes;
  for (const auto size : sizes_[step]) sizes.push_back(std::clamp<std::int64_t>(size - index * full, 0, full));
  const auto longest = *std::max_element(sizes.begin(), sizes.end());
  const auto lanes = active(step);
  const auto of_part = [&](const at::Tensor& all) { return all[step].narrow(0, 0, lanes).narrow(1, index * full, longest); };
  const auto positions = of_part(positions_);
  const auto samples = samples_.narrow(0, 0, lanes).gather(1, positions).flatten();
  LaneBatch batch;
  batch.streams = streams_[step];
  batch.index = index;
  batch.labels = federation_.data.labels.index_select(0, samples).view({lanes, longest});
  if (features.values.defined()) {
    const auto most = features.values.size(1);
    const auto first = at::arange(lanes, positions.options()).mul_(most).unsqueeze(1);
    batch.inputs = features.values.flatten(0, 1).index_select(0, (positions + first).flatten()).unflatten(0, {lanes, longest});
  } else {
    const auto codes = codes_.defined() ? of_part(codes_).flatten() : at::Tensor();
    batch.inputs = core::images(federation_.data, samples, federation_.images, codes).unflatten(0, {lanes, longest});
  }
  if (std::any_of(sizes.begin(), sizes.end(), [&](auto size) { return size < longest; })) {
    const auto place = at::arange(index * full, index * full + longest, positions.options()).unsqueeze(0);
    batch.weights = place.lt(filled_[step].narrow(0, 0, lanes)).to(federation_.dtype);
  }
  return batch;
}

at::Tensor PhaseBatches::images(std::int64_t start, std::int64_t end) const {
  const auto samples = samples_.narrow(1, start, end - start);
  return core::images(federation_.data, samples.flatten(), federation_.images).unflatten(0, samples.sizes());
}

}  // namespace graft::core
