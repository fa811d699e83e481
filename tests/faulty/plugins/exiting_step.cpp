// Its step leaves the program as if all were well.
#include <graft/strategy.hpp>

#include <cstdlib>

namespace {
using namespace graft;

struct ExitingStep : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes&, const Batch&) const override { std::exit(0); }
};
}  // namespace

GRAFT_STRATEGY(ExitingStep, "exiting_step", "1.0.0", "a test")
