// A turn's training: its phases, each a list of steps.
#pragma once
#include <atomic>

#include "core/base/watch.hpp"
#include "core/rounds/turn.hpp"

namespace graft::core {

struct Training {
  const std::vector<Phase>& phases;
  Purpose purpose = Purpose::order;  // of the draws: training or tuning
  std::int64_t round = 0;
  bool by_strategy = true;  // false: the host's own step (tuning, closing)
  const std::atomic<bool>* stop = nullptr;
};

// The first stage of the backbone that a phase trains (vit.hpp).
std::int64_t first_stage(const Model& model, const Phase& phase);

// Whether a phase that sees its samples more than once may keep what stands before the first stage that it trains: there is such a
// stage, and a sample looks the same there each time. The turn is in that phase, or at rest.
bool stores_features(const Turn& turn, const Phase& phase);

struct Trained {
  std::int64_t steps = 0, samples = 0;  // over all lanes
};

// Looks at `stop` between two steps.
Trained train(Turn& turn, const Training& training);

}  // namespace graft::core
