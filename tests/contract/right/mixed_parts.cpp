// Phases that draw their batches in two parts and in three, and look at the first.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct MixedParts : Strategy {
  Plan plan() const override { return {.training = {{.parts = 2}, {.parts = 3}}}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    auto& w = lanes.model();
    lanes.descend(w, lanes.gradient(w, batch.part(0)));
  }
};
}  // namespace

GRAFT_STRATEGY(MixedParts, "mixed_parts", "1.0.0", "a test")
