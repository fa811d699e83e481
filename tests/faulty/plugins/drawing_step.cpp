// Its step draws random numbers of LibTorch's.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct DrawingStep : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch&) const override { lanes.descend(lanes.model(), Op("aten::randn_like")(lanes.model())); }
};
}  // namespace

GRAFT_STRATEGY(DrawingStep, "drawing_step", "1.0.0", "a test")
