// Predicts without the model that its plan has tuned before scoring.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct TunedPredict : Strategy {
  Plan plan() const override { return {.tuning = {{.steps = 1}}}; }
  Tensor predict(Lanes& lanes, const Batch& batch) const override { return lanes.logits(lanes.model(), batch); }
};
}  // namespace

GRAFT_STRATEGY(TunedPredict, "tuned_predict", "1.0.0", "a test")
