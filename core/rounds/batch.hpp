// Batches of a phase for all lanes, made on the device from indices that were put there once.
#pragma once
#include <ATen/core/Tensor.h>

#include <vector>

#include "core/rounds/federation.hpp"
#include "core/rounds/steps.hpp"

namespace graft::core {

struct LaneBatch {
  at::Tensor inputs;                     // [K, B, C, H, W], or stored features where the phase's trunk is fixed
  at::Tensor labels;                     // [K, B]
  at::Tensor weights{};                  // [K, B]: 0 fills up a short batch; undefined where none is short
  std::vector<std::uint64_t> streams{};  // [K]: the seeds of what is drawn for each lane in this step
  std::int64_t index = 0;                // of a part in its step
  std::vector<LaneBatch> parts{};
};

// What stands before the first stage that a phase trains, for every training sample of every lane: [K, n, …].
struct Features {
  at::Tensor values;       // undefined: not stored, forward passes begin with the images
  std::int64_t stage = 0;  // where they stand
};

class PhaseBatches {
 public:
  PhaseBatches(const Federation& federation, const std::vector<std::int64_t>& clients, std::vector<DrawnSteps> drawn,
               std::int64_t parts);

  std::int64_t steps() const { return static_cast<std::int64_t>(sizes_.size()); }
  std::int64_t active(std::int64_t step) const;  // lanes still at work: the first so many
  std::int64_t visits(std::size_t lane) const;   // samples that a lane sees in this phase, repetitions counted
  LaneBatch at(std::int64_t step, const Features& features) const;

  // The images [k, b, C, H, W] of training samples [start, end) of the first k lanes, for Features; short lanes repeat their last
  // sample.
  at::Tensor images(std::int64_t start, std::int64_t end) const;
  std::int64_t most_samples() const { return samples_.size(1); }

 private:
  LaneBatch part(std::int64_t step, std::int64_t index, const Features& features) const;

  const Federation& federation_;
  std::int64_t parts_;
  at::Tensor samples_;                            // [K, n]: dataset indices of each lane's training samples, the last one repeated
  at::Tensor positions_;                          // [T, K, parts x batch]: which of these a step takes
  at::Tensor codes_;                              // [T, K, parts x batch]: their augmentation; undefined without
  at::Tensor filled_;                             // [T, K, 1]: how many of these there are
  std::vector<std::vector<std::int64_t>> sizes_;  // the same, [T][active lanes]
  std::vector<std::vector<std::uint64_t>> streams_;  // [T][active lanes]
};

}  // namespace graft::core
