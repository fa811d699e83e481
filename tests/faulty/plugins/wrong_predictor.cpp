// Scores rows with a column too few.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct WrongPredictor : Strategy {
  Plan plan() const override { return {}; }
  Tensor predictor(Lanes& lanes) const override { return lanes.model().narrow(1, 1, lanes.model().size(1) - 1); }
};
}  // namespace

GRAFT_STRATEGY(WrongPredictor, "wrong_predictor", "1.0.0", "a test")
