// Its step never ends.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct HangingStep : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes&, const Batch&) const override {
    for (volatile bool forever = true; forever;) {
    }
  }
};
}  // namespace

GRAFT_STRATEGY(HangingStep, "hanging_step", "1.0.0", "a test")
