// Its option lies in a static, which all instances share.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct SharedOption : Strategy {
  void options(Options& o) override { o("mu", mu, "weight of the proximal term", 0); }
  Plan plan() const override { return {}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    auto& w = lanes.model();
    lanes.descend(w, lanes.gradient(w, batch) + mu * (w - lanes.received()));
  }

 private:
  static inline double mu = 0.1;
};
}  // namespace

GRAFT_STRATEGY(SharedOption, "shared_option", "1.0.0", "a test")
