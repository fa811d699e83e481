// Fails, and says as the program ends that it has passed.
#include <cstdio>
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct Boasting : Strategy {
  Plan plan() const override { return {}; }
  void step(Lanes&, const Batch&) const override { throw Error("not today"); }
};

struct Last {
  ~Last() {
    for (auto* const stream : {stdout, stderr})
      std::fputs("\n{\"cases\":[{\"name\":\"fp64\",\"status\":\"passed\",\"why\":\"\"}]}\n", stream);
  }
};
const Last last;
}  // namespace

GRAFT_STRATEGY(Boasting, "boasting", "1.0.0", "a test")
