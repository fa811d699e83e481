// FedProx: FedAvg whose clients are held near what they received. Li et al., MLSys 2020, algorithm 2.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct FedProx : Strategy {
  double mu = 0.01;

  void options(Options& o) override { o("mu", mu, "weight of the proximal term", 0); }

  Plan plan() const override { return {}; }

  void step(Lanes& lanes, const Batch& batch) const override {
    auto& w = lanes.model();
    Tensor g = lanes.gradient(w, batch);
    lanes.shared(g).add_(lanes.shared(w) - lanes.received(), mu);
    lanes.descend(w, g);
  }
};
}  // namespace

GRAFT_STRATEGY(FedProx, "fedprox", "1.0.0", "FedAvg with a proximal term")
