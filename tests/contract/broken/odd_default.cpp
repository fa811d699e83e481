// An option whose default lies outside of its range.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct OddDefault : Strategy {
  double mu = 2;

  void options(Options& o) override { o("mu", mu, "weight", 0, 1); }
  Plan plan() const override { return {}; }
};
}  // namespace

GRAFT_STRATEGY(OddDefault, "odd_default", "1.0.0", "a test")
