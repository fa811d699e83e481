// Its step calls itself until the stack is full.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct OverflowingStep : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    volatile char filler[4096];
    filler[0] = 1;
    if (filler[0]) step(lanes, batch);
    filler[1] = 0;
  }
};
}  // namespace

GRAFT_STRATEGY(OverflowingStep, "overflowing_step", "1.0.0", "a test")
