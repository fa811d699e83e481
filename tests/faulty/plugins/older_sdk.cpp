// Built for hosts of SDK 1.0: what 1.1 added is not declared.
#define GRAFT_TARGET 100
#include <graft/strategy.hpp>

namespace {
using namespace graft;

static_assert(sizeof(graft_strategy_hooks) == 56 && sizeof(graft_lanes) == 96);

struct OlderSdk : Strategy {
  Plan plan() const override { return {.weighting = Weighting::equal}; }
};
}  // namespace

GRAFT_STRATEGY(OlderSdk, "older_sdk", "1.0.0", "a test")
