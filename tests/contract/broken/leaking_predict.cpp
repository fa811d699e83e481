// Keeps a number of each prediction for ever.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct LeakingPredict : Strategy {
  Plan plan() const override { return {}; }
  Tensor predict(Lanes& lanes, const Batch& batch) const override {
    new std::string(1000, 'x');
    return lanes.logits(lanes.model(), batch);
  }
};
}  // namespace

GRAFT_STRATEGY(LeakingPredict, "leaking_predict", "1.0.0", "a test")
