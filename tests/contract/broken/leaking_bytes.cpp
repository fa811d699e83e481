// Every step leaves a few bytes behind.
#include <graft/strategy.hpp>

#include <cstdlib>

namespace {
using namespace graft;

struct LeakingBytes : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    lanes.descend(lanes.model(), lanes.gradient(lanes.model(), batch));
    *static_cast<volatile char*>(std::malloc(40)) = 1;
  }
};
}  // namespace

GRAFT_STRATEGY(LeakingBytes, "leaking_bytes", "1.0.0", "a test")
