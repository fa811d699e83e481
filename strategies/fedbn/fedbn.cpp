// FedBN: normalization stays with its client; in a ViT that is every LayerNorm. Li et al., ICLR 2021.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct FedBn : Strategy {
  Plan plan() const override { return {.personal = "norm"}; }
};
}  // namespace

GRAFT_STRATEGY(FedBn, "fedbn", "1.0.0", "everything is shared but the normalization")
