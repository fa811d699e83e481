// Predicts one class too few.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct WrongPredict : Strategy {
  Plan plan() const override { return {}; }
  Tensor predict(Lanes& lanes, const Batch& batch) const override {
    const Tensor logits = lanes.logits(lanes.model(), batch);
    return logits.narrow(2, 1, logits.size(2) - 1);
  }
};
}  // namespace

GRAFT_STRATEGY(WrongPredict, "wrong_predict", "1.0.0", "a test")
