// Its step writes into what was received, which all clients of the round receive.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct WritingReceived : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    Op("aten::zero_")(lanes.received());
    lanes.descend(lanes.model(), lanes.gradient(lanes.model(), batch));
  }
};
}  // namespace

GRAFT_STRATEGY(WritingReceived, "writing_received", "1.0.0", "a test")
