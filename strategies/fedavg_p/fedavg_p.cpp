// FedAvg-P: a shared and a personal part trained together, each at a rate of its own. A reconstruction: "Sharper Convergence
// Guarantees for Federated Learning with Partial Model Personalization", 2023, from its abstract.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct FedAvgP : Strategy {
  Selector personal = "head";
  double personal_lr_scale = 1;
  std::string weighting = "equal";

  void options(Options& o) override {
    o("personal", personal, "what stays with its client");
    o("personal_lr_scale", personal_lr_scale, "the personal part's rate, as a multiple of training.optimizer.lr", 0);
    o("weighting", weighting, {"equal", "samples"}, "of the mean");
  }

  Plan plan() const override {
    return {.personal = personal, .weighting = weighting == "equal" ? Weighting::equal : Weighting::samples};
  }

  void step(Lanes& lanes, const Batch& batch) const override {
    auto& w = lanes.model();
    Tensor g = lanes.gradient(w, batch);
    lanes.personal(g) *= personal_lr_scale;
    lanes.descend(w, g);
  }
};
}  // namespace

GRAFT_STRATEGY(FedAvgP, "fedavg_p", "1.0.0", "shared and personal parts at rates of their own (a reconstruction)")
