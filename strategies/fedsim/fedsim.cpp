// FedSim: shared and personal parts are trained simultaneously. Pillutla et al., ICML 2022.
#include "../common/partial.hpp"

namespace {
struct FedSim : graft::Partial {};
}  // namespace

GRAFT_STRATEGY(FedSim, "fedsim", "1.0.0", "any part personal, trained together with the shared part")
