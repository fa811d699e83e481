// Its step asks the host for one gradient, as most do: what the host takes for that is not the plugin's.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct WaitingStep : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override { lanes.gradient(lanes.model(), batch); }
};
}  // namespace

GRAFT_STRATEGY(WaitingStep, "waiting_step", "1.0.0", "a test")
