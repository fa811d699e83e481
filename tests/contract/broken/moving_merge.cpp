// What it merges depends on how often it was asked.
#include <graft/strategy.hpp>

#include <atomic>

namespace {
using namespace graft;

struct MovingMerge : Strategy {
  mutable std::atomic<int64_t> asked = 0;

  Plan plan() const override { return {}; }
  Tensor merge(const Tensor& uploads, const Tensor&) const override { return uploads.mean(0) * (1 + 1e-9 * double(asked++)); }
};
}  // namespace

GRAFT_STRATEGY(MovingMerge, "moving_merge", "1.0.0", "a test")
