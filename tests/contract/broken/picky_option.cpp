// Takes less than its range says.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct PickyOption : Strategy {
  int64_t rounds = 3;

  void options(Options& o) override { o("rounds", rounds, "how many", 0); }
  Plan plan() const override {
    if (rounds == 0) throw Error("rounds must not be 0");
    return {};
  }
};
}  // namespace

GRAFT_STRATEGY(PickyOption, "picky_option", "1.0.0", "a test")
