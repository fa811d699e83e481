// Control variates on the shared part of any split: what SCAFFOLD and Scaffold-P have in common. Karimireddy et al., ICML 2020,
// algorithm 1, option II.
#pragma once
#include <graft/strategy.hpp>

namespace graft {

struct ControlVariates : Strategy {
  Selector personal = none();
  double personal_lr_scale = 1;

  Plan plan() const override {
    return {.personal = personal,
            .training = {{.plain_sgd = true}},  // a variate is a mean gradient where steps are lr times the direction
            .weighting = Weighting::equal,
            .keeps = {{.name = "variate", .like = Like::shared, .sent = true}},
            .serves = {{.name = "common", .like = Like::shared}}};
  }

  void step(Lanes& lanes, const Batch& batch) const override {
    auto& x = lanes.model();
    Tensor g = lanes.gradient(x, batch);
    lanes.shared(g) += lanes.received("common") - lanes.kept("variate");
    lanes.personal(g) *= personal_lr_scale;
    lanes.descend(x, g);
  }

  void finish(Lanes& lanes) const override {
    if (lanes.lr() == 0) return;
    const Tensor way = lanes.received() - lanes.shared(lanes.model());
    lanes.kept("variate") += way / (lanes.steps() * lanes.lr()) - lanes.received("common");
  }

  Tensor upload(Lanes& lanes) const override {  // [K, 2S]
    return cat({lanes.model() - lanes.received(), lanes.kept("variate") - lanes.stored("variate")}, 1);
  }

  Tensor next(Server& server, const Tensor& mean) const override {
    const auto halves = mean.chunk(2);
    server.served("common").add_(halves[1], server.participation());
    return server.shared() + halves[0];
  }
};

}  // namespace graft
