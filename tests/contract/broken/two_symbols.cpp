// Exports another symbol beside its descriptor.
#include <graft/strategy.hpp>

extern "C" __attribute__((visibility("default"))) int graft_plugin_helper() { return 1; }

namespace {
using namespace graft;

struct TwoSymbols : Strategy {
  Plan plan() const override { return {}; }
};
}  // namespace

GRAFT_STRATEGY(TwoSymbols, "two_symbols", "1.0.0", "a test")
