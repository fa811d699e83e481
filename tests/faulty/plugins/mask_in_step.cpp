// Its step indexes by a mask: a composite operator, which waits for the device through another one.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct MaskInStep : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    const Tensor g = lanes.gradient(lanes.model(), batch);
    const Tensor positive = Op("aten::index", "Tensor")(g, std::vector{g > 0});
    lanes.descend(lanes.model(), g * positive.mean());
  }
};
}  // namespace

GRAFT_STRATEGY(MaskInStep, "mask_in_step", "1.0.0", "a test")
