// Scales the mean by how many came into it.
#include <graft/strategy.hpp>

#include <atomic>

namespace {
using namespace graft;

struct GrowingMean : Strategy {
  mutable std::atomic<int64_t> uploads = 0;

  Plan plan() const override { return {}; }
  Tensor upload(Lanes& lanes) const override {
    uploads += lanes.model().size(0);
    return lanes.model();
  }
  Tensor next(Server&, const Tensor& mean) const override { return mean * (1 + 1e-6 * double(uploads.exchange(0))); }
};
}  // namespace

GRAFT_STRATEGY(GrowingMean, "growing_mean", "1.0.0", "a test")
