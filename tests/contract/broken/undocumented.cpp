// An option of its own without a word on what it means.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct Undocumented : Strategy {
  double mu = 0.1;

  void options(Options& o) override { o("mu", mu, "", 0); }
  Plan plan() const override { return {}; }
};
}  // namespace

GRAFT_STRATEGY(Undocumented, "undocumented", "1.0.0", "a test")
