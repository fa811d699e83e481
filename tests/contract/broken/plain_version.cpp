// Its version is no semantic one.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct PlainVersion : Strategy {
  Plan plan() const override { return {}; }
};
}  // namespace

GRAFT_STRATEGY(PlainVersion, "plain_version", "first", "a test")
