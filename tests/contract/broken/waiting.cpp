// Built on LibTorch itself, its step reads a number from the device: no table is there to refuse it.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct Waiting : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    const Tensor g = lanes.gradient(lanes.model(), batch);
    if (g.abs().max().item<double>() > 0) lanes.descend(lanes.model(), g);
  }
};
}  // namespace

GRAFT_STRATEGY(Waiting, "waiting", "1.0.0", "a test")
