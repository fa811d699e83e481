// Every step leaves a tensor behind.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct LeakingHandle : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    lanes.descend(lanes.model(), lanes.gradient(lanes.model(), batch));
    lanes.steps().release();
  }
};
}  // namespace

GRAFT_STRATEGY(LeakingHandle, "leaking_handle", "1.0.0", "a test")
