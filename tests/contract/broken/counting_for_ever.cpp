// Counts in a static what another run begins with.
#include <graft/strategy.hpp>

#include <atomic>

namespace {
using namespace graft;

struct CountingForEver : Strategy {
  Plan plan() const override { return {}; }
  void finish(Lanes& lanes) const override {
    static std::atomic<int64_t> finished = 0;
    lanes.model() = lanes.model() * (1 + 1e-6 * double(finished++));
  }
};
}  // namespace

GRAFT_STRATEGY(CountingForEver, "counting_for_ever", "1.0.0", "a test")
