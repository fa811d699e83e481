// SCAFFOLD: control variates against the drift of clients. Karimireddy et al., ICML 2020, algorithm 1, option II.
#include "../common/variates.hpp"

namespace {
struct Scaffold : graft::ControlVariates {};
}  // namespace

GRAFT_STRATEGY(Scaffold, "scaffold", "1.0.0", "control variates against the clients' drift")
