// FedAvg: one shared model, averaged by the clients' numbers of samples. McMahan et al., AISTATS 2017, algorithm 1.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct FedAvg : Strategy {
  Plan plan() const override { return {}; }
};
}  // namespace

GRAFT_STRATEGY(FedAvg, "fedavg", "1.0.0", "one shared model, averaged by the clients' numbers of samples")
