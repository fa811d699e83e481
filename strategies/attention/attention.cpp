// Vanilla attention personalization: attention layers and head stay with their client. Sun et al., ICCV 2023, baseline.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct Attention : Strategy {
  Plan plan() const override { return {.personal = Selector("attn") | "head"}; }
};
}  // namespace

GRAFT_STRATEGY(Attention, "attention", "1.0.0", "everything is shared but attention and head")
