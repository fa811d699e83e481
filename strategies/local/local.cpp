// Local: every client trains alone, in the rounds in which it is sampled; nothing travels.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct Local : Strategy {
  Plan plan() const override { return {.personal = all()}; }
};
}  // namespace

GRAFT_STRATEGY(Local, "local", "1.0.0", "every client trains alone, nothing travels")
