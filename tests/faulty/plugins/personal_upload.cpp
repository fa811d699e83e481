// Uploads the personal columns beside the shared ones.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct PersonalUpload : Strategy {
  Plan plan() const override { return {.personal = "head"}; }
  Tensor upload(Lanes& lanes) const override {
    const Tensor rows = lanes.model();
    return cat({lanes.shared(rows), lanes.personal(rows)}, 1);
  }
  Tensor next(Server& server, const Tensor& mean) const override { return mean.narrow(0, 0, server.shared().size(0)); }
};
}  // namespace

GRAFT_STRATEGY(PersonalUpload, "personal_upload", "1.0.0", "a test")
