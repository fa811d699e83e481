// Its plan says the same in other words every other time.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct ChangingPlan : Strategy {
  mutable int64_t asked = 0;

  Plan plan() const override { return {.training = {{.trains = asked++ % 2 == 0 ? Selector("*") : Selector("head | !head")}}}; }
};
}  // namespace

GRAFT_STRATEGY(ChangingPlan, "changing_plan", "1.0.0", "a test")
