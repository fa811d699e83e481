// FedBABU: the head stays as it was drawn, only the body is trained and shared; tuned before scoring. Oh et al., ICLR 2022.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct FedBabu : Strategy {
  std::string tune_scope = "full";
  int64_t tune_steps = 1;
  int64_t tune_epochs = 0;
  std::string weighting = "samples";

  void options(Options& o) override {
    o("tune_scope", tune_scope, {"full", "head", "body"}, "what is tuned before scoring");
    o("tune_steps", tune_steps, "steps of tuning before scoring, where tune_epochs is 0", 0);
    o("tune_epochs", tune_epochs, "epochs of tuning before scoring, in place of tune_steps", 0);
    o("weighting", weighting, {"samples", "equal"}, "of the mean; the authors' code has equal");
  }

  Plan plan() const override {
    Plan plan{.training = {{.trains = except("head")}}};
    if (weighting == "equal") plan.weighting = Weighting::equal;
    const Selector scope = tune_scope == "head" ? Selector("head") : tune_scope == "body" ? except("head") : all();
    if (tune_epochs > 0) {
      plan.tuning = {{.trains = scope, .epochs = tune_epochs}};
    } else if (tune_steps > 0) {
      plan.tuning = {{.trains = scope, .steps = tune_steps}};
    }
    return plan;
  }
};
}  // namespace

GRAFT_STRATEGY(FedBabu, "fedbabu", "1.0.0", "only the body is trained; the head is tuned just before scoring")
