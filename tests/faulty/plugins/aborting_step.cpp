// Its step ends the process.
#include <graft/strategy.hpp>

#include <cstdlib>

namespace {
using namespace graft;

struct AbortingStep : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes&, const Batch&) const override { std::abort(); }
};
}  // namespace

GRAFT_STRATEGY(AbortingStep, "aborting_step", "1.0.0", "a test")
