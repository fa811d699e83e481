// Its plan depends on what it should not.
#include <graft/strategy.hpp>

namespace {
struct ThrowingPlan : graft::Strategy {
  graft::Plan plan() const override { throw std::runtime_error("today is not a weekday"); }
};
}  // namespace

GRAFT_STRATEGY(ThrowingPlan, "throwing_plan", "1.0.0", "a test")
