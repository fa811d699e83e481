// FedRep: a shared body and a personal head, trained one after the other. Collins et al., ICML 2021, algorithm 1.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct FedRep : Strategy {
  std::string schedule = "head_then_body";
  std::optional<int64_t> head_epochs;
  int64_t body_epochs = 1;
  int64_t final_head_epochs = 0;

  void options(Options& o) override {
    o("schedule", schedule, {"head_then_body", "joint"}, "the head first and then the body, or both at once (as in FedPer)");
    o("head_epochs", head_epochs, "epochs on the head in a round; unset: training.epochs", 0);
    o("body_epochs", body_epochs, "epochs on the body in a round", 0);
    o("final_head_epochs", final_head_epochs, "epochs on the head of every client after the last round", 0);
  }

  Plan plan() const override {
    Plan plan{.personal = "head"};
    if (schedule == "head_then_body") {
      plan.training = {{.trains = "head", .epochs = head_epochs.value_or(manifest)},
                       {.trains = except("head"), .epochs = body_epochs}};
    }
    if (final_head_epochs > 0) plan.closing = {{.trains = "head", .epochs = final_head_epochs}};
    return plan;
  }
};
}  // namespace

GRAFT_STRATEGY(FedRep, "fedrep", "1.0.0", "a shared body and a personal head, trained one after the other")
