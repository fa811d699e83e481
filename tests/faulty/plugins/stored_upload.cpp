// Uploads what must not travel, as it was when the turn began.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct StoredUpload : Strategy {
  std::string row;

  void options(Options& o) override { o("row", row, {"", "twin", "mine"}, "which; none: the personal columns"); }
  Plan plan() const override {
    return {.personal = "head",
            .keeps = {{.name = "twin", .like = Like::shared}, {.name = "mine", .like = Like::personal, .sent = true}}};
  }
  Tensor upload(Lanes& lanes) const override { return lanes.stored(row); }
};
}  // namespace

GRAFT_STRATEGY(StoredUpload, "stored_upload", "1.0.0", "a test")
