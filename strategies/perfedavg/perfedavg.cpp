// Per-FedAvg: a common start that is good after one step of each client's own. Fallah et al., NeurIPS 2020, algorithm 1, with the
// meta-gradient of first order (FO) or Hessian-free (HF, equation 8).
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct PerFedAvg : Strategy {
  std::string variant = "fo";
  std::optional<double> alpha;
  double delta = 1e-3;

  void options(Options& o) override {
    o("variant", variant, {"fo", "hf"}, "of the meta-gradient: first order, or Hessian-free");
    o("alpha", alpha, "rate of the inner step, and of the step before scoring; unset: training.optimizer.lr", 0);
    o("delta", delta, "hf: how far from the model the difference of two gradients is taken", 1e-12);
  }

  Plan plan() const override {
    const double rate = alpha.value_or(double(manifest));
    return {.training = {{.parts = variant == "hf" ? 3 : 2}}, .tuning = {{.steps = 1, .lr = rate, .plain_sgd = true}}};
  }

  void step(Lanes& lanes, const Batch& batch) const override {
    auto& w = lanes.model();
    const double rate = alpha.value_or(lanes.lr());
    Tensor g = lanes.gradient(w - rate * lanes.gradient(w, batch.part(0)), batch.part(1));
    if (variant == "hf") {
      const Tensor ahead = lanes.gradient(w + delta * g, batch.part(2)), behind = lanes.gradient(w - delta * g, batch.part(2));
      g = g - rate / (2 * delta) * (ahead - behind);
    }
    lanes.descend(w, g);
  }
};
}  // namespace

GRAFT_STRATEGY(PerFedAvg, "perfedavg", "1.1.0", "a common start that is good after one step of one's own")
