// FedPer: everything is shared but the head, trained together with it. Arivazhagan et al., 2019.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct FedPer : Strategy {
  Plan plan() const override { return {.personal = "head"}; }
};
}  // namespace

GRAFT_STRATEGY(FedPer, "fedper", "1.0.0", "a shared body and a personal head, trained together")
