// FedAvg's step and scores by logits, their slope and its pullback.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct ByLogits : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    auto& w = lanes.model();
    lanes.descend(w, lanes.pullback(w, batch, lanes.slope(lanes.logits(w, batch), batch)));
  }
  Tensor predict(Lanes& lanes, const Batch& batch) const override { return lanes.logits(lanes.model(), batch); }
};
}  // namespace

GRAFT_STRATEGY(ByLogits, "by_logits", "1.0.0", "a test")
