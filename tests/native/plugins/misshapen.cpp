// A strategy that fails inside LibTorch, whose errors have a backtrace.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct Misshapen : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    const Tensor g = lanes.gradient(lanes.model(), batch);
    lanes.descend(lanes.model(), g.matmul(g));
  }
};
}  // namespace

GRAFT_STRATEGY(Misshapen, "misshapen", "1.0.0", "multiplies what cannot be")
