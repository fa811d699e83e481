// DFedAlt: FedAlt without a server, clients mix their shared parts with their neighbours'. Decentralized partial model training.
#include "../common/decentralized.hpp"

namespace {
struct DFedAlt : graft::Decentralized {};
}  // namespace

GRAFT_STRATEGY(DFedAlt, "dfedalt", "1.0.0", "FedAlt among neighbours, without a server")
