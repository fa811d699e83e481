// Its step never ends, and asks the host for gradients all the while.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct CirclingStep : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    for (volatile bool forever = true; forever;) lanes.gradient(lanes.model(), batch);
  }
};
}  // namespace

GRAFT_STRATEGY(CirclingStep, "circling_step", "1.0.0", "a test")
