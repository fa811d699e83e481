// FedAvg with a proximal term, which keeps a client's model near what it received: FedProx, Li et al., MLSys 2020.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct PluginName : Strategy {
  double mu = 0.01;

  void options(Options& o) override { o("mu", mu, "weight of the proximal term; 0: FedAvg", 0); }

  Plan plan() const override { return {}; }  // everything is shared, and trained in one phase

  void step(Lanes& lanes, const Batch& batch) const override {
    auto& w = lanes.model();                                       // [K, n]: a row is a client's model
    Tensor g = lanes.gradient(w, batch);                           // [K, n]
    lanes.shared(g).add_(lanes.shared(w) - lanes.received(), mu);  // a view: writes into g
    lanes.descend(w, g);
  }
};
}  // namespace

GRAFT_STRATEGY(PluginName, "plugin_name", "0.1.0", "FedAvg with a proximal term")
