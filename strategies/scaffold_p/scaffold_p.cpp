// Scaffold-P: SCAFFOLD on the shared part, a personal part beside it. A reconstruction: "Sharper Convergence Guarantees for
// Federated Learning with Partial Model Personalization", 2023, from its abstract.
#include "../common/variates.hpp"

namespace {
using namespace graft;

struct ScaffoldP : ControlVariates {
  ScaffoldP() { personal = "head"; }

  void options(Options& o) override {
    o("personal", personal, "what stays with its client");
    o("personal_lr_scale", personal_lr_scale, "the personal part's rate, as a multiple of training.optimizer.lr", 0);
  }
};
}  // namespace

GRAFT_STRATEGY(ScaffoldP, "scaffold_p", "1.0.0", "SCAFFOLD with a personal part (a reconstruction)")
