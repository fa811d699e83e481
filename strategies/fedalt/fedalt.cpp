// FedAlt: the personal part is trained first, then the shared one. Pillutla et al., ICML 2022.
#include "../common/partial.hpp"

namespace {
using namespace graft;

struct FedAlt : Partial {
  std::optional<int64_t> personal_epochs, shared_epochs;

  void options(Options& o) override {
    Partial::options(o);
    o("personal_epochs", personal_epochs, "epochs on the personal part in a round; unset: training.epochs", 0);
    o("shared_epochs", shared_epochs, "epochs on the shared part in a round; unset: training.epochs", 0);
  }

  Plan plan() const override {
    auto plan = Partial::plan();
    plan.training = {{.trains = personal, .epochs = personal_epochs.value_or(manifest)},
                     {.trains = except(personal), .epochs = shared_epochs.value_or(manifest)}};
    return plan;
  }
};
}  // namespace

GRAFT_STRATEGY(FedAlt, "fedalt", "1.0.0", "any part personal, trained before the shared part")
