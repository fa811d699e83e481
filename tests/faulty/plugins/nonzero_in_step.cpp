// Its step calls an operator by name that waits for the device.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct NonzeroInStep : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    const Tensor g = lanes.gradient(lanes.model(), batch);
    if (Op("aten::nonzero")(g).size(0) > 0) lanes.descend(lanes.model(), g);
  }
};
}  // namespace

GRAFT_STRATEGY(NonzeroInStep, "nonzero_in_step", "1.0.0", "a test")
