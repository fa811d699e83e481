// Names a block that not every backbone has.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct DeepSelector : Strategy {
  Plan plan() const override { return {.personal = "blocks.1"}; }
};
}  // namespace

GRAFT_STRATEGY(DeepSelector, "deep_selector", "1.0.0", "a test")
