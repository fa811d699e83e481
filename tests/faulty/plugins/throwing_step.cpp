// Its step throws.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct ThrowingStep : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes&, const Batch&) const override { throw std::runtime_error("the step went wrong"); }
};
}  // namespace

GRAFT_STRATEGY(ThrowingStep, "throwing_step", "1.0.0", "a test")
