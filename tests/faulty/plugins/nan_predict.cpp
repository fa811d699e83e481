// Predicts what is not finite.
#include <graft/strategy.hpp>

#include <cmath>

namespace {
using namespace graft;

struct NanPredict : Strategy {
  Plan plan() const override { return {}; }
  Tensor predict(Lanes& lanes, const Batch& batch) const override { return lanes.logits(lanes.model(), batch) * std::nan(""); }
};
}  // namespace

GRAFT_STRATEGY(NanPredict, "nan_predict", "1.0.0", "a test")
