// Its step writes to nowhere.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct CrashingStep : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes&, const Batch&) const override {
    volatile int* volatile nowhere = nullptr;  // volatile: else the compiler leaves it out
    *nowhere = 1;
  }
};
}  // namespace

GRAFT_STRATEGY(CrashingStep, "crashing_step", "1.0.0", "a test")
