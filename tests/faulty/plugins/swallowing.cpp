// Asks the host for what there is not, and passes over the answer.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct Swallowing : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    try {
      lanes.kept("nobody");
    } catch (const Error&) {
    }
    lanes.descend(lanes.model(), lanes.gradient(lanes.model(), batch));
  }
};
}  // namespace

GRAFT_STRATEGY(Swallowing, "swallowing", "1.0.0", "a test")
