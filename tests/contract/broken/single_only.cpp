// Makes numbers of single precision, whatever the federation's.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct SingleOnly : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    static const Op to("aten::to.dtype");
    lanes.descend(lanes.model(), to(lanes.gradient(lanes.model(), batch), GRAFT_FLOAT32));
  }
};
}  // namespace

GRAFT_STRATEGY(SingleOnly, "single_only", "1.0.0", "a test")
