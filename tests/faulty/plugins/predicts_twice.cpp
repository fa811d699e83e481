// Says twice what its clients are scored by.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct PredictsTwice : Strategy {
  Plan plan() const override { return {}; }
  Tensor predictor(Lanes& lanes) const override { return lanes.model(); }
  Tensor predict(Lanes& lanes, const Batch& batch) const override { return lanes.logits(lanes.model(), batch); }
};
}  // namespace

GRAFT_STRATEGY(PredictsTwice, "predicts_twice", "1.0.0", "a test")
