// Makes a next shared part with a number too few.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct WrongNext : Strategy {
  Plan plan() const override { return {}; }
  Tensor next(Server&, const Tensor& mean) const override { return mean.narrow(0, 1, mean.size(0) - 1); }
};
}  // namespace

GRAFT_STRATEGY(WrongNext, "wrong_next", "1.0.0", "a test")
