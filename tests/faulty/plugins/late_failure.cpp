// It fails in its second turn, when a round is whole already.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct LateFailure : Strategy {
  Plan plan() const override { return {.keeps = {{.name = "turns"}}}; }
  void finish(Lanes& lanes) const override {
    auto& turns = lanes.kept("turns");
    turns = turns + 1;
    if (turns.sum().item<double>() > 1) throw Error("twice is too often");
  }
};
}  // namespace

GRAFT_STRATEGY(LateFailure, "late_failure", "1.0.0", "a test")
