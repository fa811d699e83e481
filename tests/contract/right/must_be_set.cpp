// Has no plan until its option is set.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct MustBeSet : Strategy {
  std::optional<int64_t> rank;

  void options(Options& o) override { o("rank", rank, "how much, for you to say", 1); }
  Plan plan() const override {
    if (!rank) throw Error("rank is not set");
    return {};
  }
};
}  // namespace

GRAFT_STRATEGY(MustBeSet, "must_be_set", "1.0.0", "a test")
