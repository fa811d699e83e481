// Cannot do with a client that makes one step.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct NeedingSteps : Strategy {
  Plan plan() const override { return {}; }
  void finish(Lanes& lanes) const override {
    if (lanes.steps().amin(0).item<double>() < 2) throw Error("too few steps");
  }
};
}  // namespace

GRAFT_STRATEGY(NeedingSteps, "needing_steps", "1.0.0", "a test")
