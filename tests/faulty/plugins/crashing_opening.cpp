// Does work in a static initializer, which the contract forbids, and crashes there.
#include <graft/strategy.hpp>

namespace {
struct CrashingOpening : graft::Strategy {
  graft::Plan plan() const override { return {}; }
};
volatile int* volatile nowhere = nullptr;
const int crashed = *nowhere;
}  // namespace

GRAFT_STRATEGY(CrashingOpening, "crashing_opening", "1.0.0", "a test")
