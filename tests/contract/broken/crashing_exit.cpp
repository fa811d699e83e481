// A static object of it aborts when the program ends.
#include <graft/strategy.hpp>

#include <cstdlib>

namespace {
using namespace graft;

struct Aborting {
  ~Aborting() { std::abort(); }
};
const Aborting aborting;

struct CrashingExit : Strategy {
  Plan plan() const override { return {}; }
};
}  // namespace

GRAFT_STRATEGY(CrashingExit, "crashing_exit", "1.0.0", "a test")
