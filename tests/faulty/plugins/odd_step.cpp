// Its step throws what is no std::exception.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct OddStep : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes&, const Batch&) const override { throw 7; }
};
}  // namespace

GRAFT_STRATEGY(OddStep, "odd_step", "1.0.0", "a test")
