// Uses a function that nothing defines; linked without -z defs, so only opening it finds out.
#include <graft/strategy.hpp>

namespace elsewhere {
int missing(int);
}

namespace {
struct Unresolved : graft::Strategy {
  graft::Plan plan() const override { return {.training = {{.epochs = elsewhere::missing(1)}}}; }
};
}  // namespace

GRAFT_STRATEGY(Unresolved, "unresolved", "1.0.0", "a test")
