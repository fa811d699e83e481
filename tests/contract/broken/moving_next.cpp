// Its next shared part depends on how often it was asked.
#include <graft/strategy.hpp>

#include <atomic>

namespace {
using namespace graft;

struct MovingNext : Strategy {
  mutable std::atomic<int64_t> asked = 0;

  Plan plan() const override { return {}; }
  Tensor next(Server&, const Tensor& mean) const override { return mean * (1 + 1e-9 * double(asked++)); }
};
}  // namespace

GRAFT_STRATEGY(MovingNext, "moving_next", "1.0.0", "a test")
