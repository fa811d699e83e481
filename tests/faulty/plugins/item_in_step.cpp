// Its step waits for the device to read a number.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct ItemInStep : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    if (lanes.loss(lanes.model(), batch).sum().item<double>() > 0)
      lanes.descend(lanes.model(), lanes.gradient(lanes.model(), batch));
  }
};
}  // namespace

GRAFT_STRATEGY(ItemInStep, "item_in_step", "1.0.0", "a test")
