// A turn's training: its phases, each a list of steps.
#pragma once
#include <atomic>

#include "core/rounds/turn.hpp"

namespace graft::core {

struct Training {
  const std::vector<Phase>& phases;
  Purpose purpose = Purpose::order;  // of the draws: training or tuning
  std::int64_t round = 0;
  bool by_strategy = true;  // false: the host's own step (tuning, closing)
  const std::atomic<bool>* stop = nullptr;
};

struct Trained {
  std::int64_t steps = 0, samples = 0;  // over all lanes
};

// Throws Error(Exit::interrupted) once `stop` is set.
void stop_if_asked(const std::atomic<bool>* stop);

// Looks at `stop` between two steps.
Trained train(Turn& turn, const Training& training);

}  // namespace graft::core
