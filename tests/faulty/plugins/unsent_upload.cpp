// Uploads a row of the client's own that its plan does not declare sent.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct UnsentUpload : Strategy {
  Plan plan() const override { return {.keeps = {{.name = "twin", .like = Like::shared, .start = Start::initial}}}; }
  Tensor upload(Lanes& lanes) const override { return lanes.kept("twin"); }
};
}  // namespace

GRAFT_STRATEGY(UnsentUpload, "unsent_upload", "1.0.0", "a test")
