// Carries a number of what the client had before its turn past the upload that must not know it.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct LeakingStored : Strategy {
  Plan plan() const override { return {.personal = "head"}; }
  void finish(Lanes& lanes) const override { seen() = lanes.stored().sum(1, true); }
  Tensor upload(Lanes& lanes) const override { return lanes.model() + 1e-6 * seen(); }

 private:
  static Tensor& seen() {
    static thread_local Tensor seen;
    return seen;
  }
};
}  // namespace

GRAFT_STRATEGY(LeakingStored, "leaking_stored", "1.0.0", "a test")
