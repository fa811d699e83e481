// DFedSalt: DFedAlt whose shared part is trained by sharpness-aware minimization. SAM: Foret et al., ICLR 2021, equation 3.
#include "../common/decentralized.hpp"

namespace {
using namespace graft;

struct DFedSalt : Decentralized {
  double rho = 0.05;

  void options(Options& o) override {
    Decentralized::options(o);
    o("rho", rho, "how far ahead along its gradient the shared part is looked at", 0);
  }

  void step(Lanes& lanes, const Batch& batch) const override {
    auto& w = lanes.model();
    Tensor g = lanes.gradient(w, batch);
    if (const Tensor u = lanes.shared(g); u.size(1) > 0) {  // the phase of the shared part
      Tensor ahead = w.clone();
      lanes.shared(ahead) += rho * u / (row_norm(u) + 1e-12);
      g = lanes.gradient(ahead, batch);
    }
    lanes.descend(w, g);
  }
};
}  // namespace

GRAFT_STRATEGY(DFedSalt, "dfedsalt", "1.0.0", "DFedAlt with sharpness-aware minimization")
