// What it uploads depends on who was there before.
#include <graft/strategy.hpp>

#include <atomic>

namespace {
using namespace graft;

struct OrderedUpload : Strategy {
  mutable std::atomic<int64_t> uploads = 0;

  Plan plan() const override { return {}; }
  Tensor upload(Lanes& lanes) const override { return lanes.model() * (1 + 1e-6 * double(uploads++ % 4)); }
};
}  // namespace

GRAFT_STRATEGY(OrderedUpload, "ordered_upload", "1.0.0", "a test")
