// Its step knows whether another thread is in it.
#include <graft/strategy.hpp>

#include <atomic>

namespace {
using namespace graft;

struct UnsafeInThreads : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    static std::atomic<int64_t> inside = 0;
    const int64_t others = inside++;
    lanes.descend(lanes.model(), lanes.gradient(lanes.model(), batch) * (1 + 1e-6 * double(others)));
    inside--;
  }
};
}  // namespace

GRAFT_STRATEGY(UnsafeInThreads, "unsafe_in_threads", "1.0.0", "a test")
