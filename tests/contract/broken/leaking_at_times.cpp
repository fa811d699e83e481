// Now and then a step leaves a megabyte behind, the others nothing.
#include <graft/strategy.hpp>

#include <atomic>
#include <cstdlib>

namespace {
using namespace graft;

std::atomic<int> steps{0};

struct LeakingAtTimes : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    lanes.descend(lanes.model(), lanes.gradient(lanes.model(), batch));
    if (++steps % 20 == 0) *static_cast<volatile char*>(std::malloc(1 << 20)) = 1;
  }
};
}  // namespace

GRAFT_STRATEGY(LeakingAtTimes, "leaking_at_times", "1.0.0", "a test")
