// Counts in the plugin what a checkpoint does not have.
#include <graft/strategy.hpp>

#include <atomic>

namespace {
using namespace graft;

struct Forgetful : Strategy {
  mutable std::atomic<int64_t> finished = 0;

  Plan plan() const override { return {}; }
  void finish(Lanes& lanes) const override { lanes.model() = lanes.model() * (1 + 1e-6 * double(finished++)); }
};
}  // namespace

GRAFT_STRATEGY(Forgetful, "forgetful", "1.0.0", "a test")
