// Trains at a rate of its own at which rounding grows.
#include <graft/strategy.hpp>

namespace {
struct WildRate : graft::Strategy {
  double rate = 1.5;

  void options(graft::Options& o) override { o("rate", rate, "of its phase", 0, 2); }
  graft::Plan plan() const override { return {.training = {{.epochs = 3, .lr = rate, .plain_sgd = true}}}; }
};
}  // namespace

GRAFT_STRATEGY(WildRate, "wild_rate", "1.0.0", "a test")
