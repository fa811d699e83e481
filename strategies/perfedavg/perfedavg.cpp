// Per-FedAvg: a common start that is good after one step of each client's own. Fallah et al., NeurIPS 2020, first order (FO).
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct PerFedAvg : Strategy {
  std::string variant = "fo";
  std::optional<double> alpha;

  void options(Options& o) override {
    o("variant", variant, {"fo"}, "of the meta-gradient: first order");
    o("alpha", alpha, "rate of the inner step, and of the step before scoring; unset: training.optimizer.lr", 0);
  }

  Plan plan() const override {
    const double rate = alpha.value_or(double(manifest));
    return {.training = {{.parts = 2}}, .tuning = {{.steps = 1, .lr = rate, .plain_sgd = true}}};
  }

  void step(Lanes& lanes, const Batch& batch) const override {
    auto& w = lanes.model();
    const Tensor inner = w - alpha.value_or(lanes.lr()) * lanes.gradient(w, batch.part(0));
    lanes.descend(w, lanes.gradient(inner, batch.part(1)));
  }
};
}  // namespace

GRAFT_STRATEGY(PerFedAvg, "perfedavg", "1.0.0", "a common start that is good after one step of one's own")
