// Uploads a message without a lane dimension.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct WrongUpload : Strategy {
  Plan plan() const override { return {}; }
  Tensor upload(Lanes& lanes) const override { return lanes.model().select(0, 0); }
};
}  // namespace

GRAFT_STRATEGY(WrongUpload, "wrong_upload", "1.0.0", "a test")
