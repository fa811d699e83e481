// Waits for ever as the program ends.
#include <unistd.h>

#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct HangingExit : Strategy {
  Plan plan() const override { return {}; }
};

struct Last {
  ~Last() {
    while (true) pause();
  }
};
const Last last;
}  // namespace

GRAFT_STRATEGY(HangingExit, "hanging_exit", "1.0.0", "a test")
