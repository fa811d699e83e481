// FedAlt: the personal part is trained first, then the shared one. Pillutla et al., ICML 2022.
#include "../common/alternation.hpp"
#include "../common/partial.hpp"

namespace {
using namespace graft;

struct FedAlt : Partial {
  Alternation alternation;

  void options(Options& o) override {
    Partial::options(o);
    alternation.options(o);
  }

  Plan plan() const override {
    auto plan = Partial::plan();
    plan.training = alternation.phases(personal);
    return plan;
  }
};
}  // namespace

GRAFT_STRATEGY(FedAlt, "fedalt", "1.0.0", "any part personal, trained before the shared part")
