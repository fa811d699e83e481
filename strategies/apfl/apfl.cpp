// APFL: each client mixes a model of its own with its copy of the common one, by a share that it learns. Deng et al., 2020.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct Apfl : Strategy {
  std::string variant = "paper_param";
  double alpha = 0.25;
  bool adaptive = true;

  void options(Options& o) override {
    o("variant", variant, {"paper_param"}, "what is mixed: the parameters, as in the paper");
    o("alpha", alpha, "the own model's share at the start", 0, 1);
    o("adaptive", adaptive, "learn alpha");
  }

  Plan plan() const override {
    return {.keeps = {{.name = "twin", .like = Like::model, .start = Start::initial}, {.name = "alpha", .value = alpha}}};
  }

  void step(Lanes& lanes, const Batch& batch) const override {
    auto &w = lanes.model(), &v = lanes.kept("twin"), &a = lanes.kept("alpha");
    lanes.descend(w, lanes.gradient(w, batch));
    const Tensor g = lanes.gradient(mix(w, v, a), batch);
    const Tensor slope = row_dot(v - w, g);  // of the loss in alpha, at the old v
    lanes.descend(v, a * g);
    if (adaptive) a = (a - lanes.lr() * slope).clamp(0, 1);
  }

  Tensor predictor(Lanes& lanes) const override { return mix(lanes.model(), lanes.kept("twin"), lanes.kept("alpha")); }
};
}  // namespace

GRAFT_STRATEGY(Apfl, "apfl", "1.0.0", "a learned mixture of an own and the common model")
