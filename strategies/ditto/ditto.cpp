// Ditto: FedAvg, and beside it a model of each client's own, held near what the client received. Li et al., ICML 2021, algorithm 1.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct Ditto : Strategy {
  double lambda = 1;

  void options(Options& o) override { o("lambda", lambda, "how near the own model is held to the common one", 0); }

  Plan plan() const override { return {.keeps = {{.name = "own", .like = Like::model, .start = Start::initial}}}; }

  void step(Lanes& lanes, const Batch& batch) const override {
    auto &w = lanes.model(), &v = lanes.kept("own");
    lanes.descend(w, lanes.gradient(w, batch));
    Tensor g = lanes.gradient(v, batch);
    lanes.shared(g).add_(lanes.shared(v) - lanes.received(), lambda);
    lanes.descend(v, g);
  }

  Tensor predictor(Lanes& lanes) const override { return lanes.kept("own"); }
};
}  // namespace

GRAFT_STRATEGY(Ditto, "ditto", "1.0.0", "FedAvg, and an own model held near it")
