// APFL: each client mixes a model of its own with its copy of the common one, by a share that it learns. Deng et al., 2020.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct Apfl : Strategy {
  std::string variant = "paper_param";
  double alpha = 0.25;
  bool adaptive = true;

  void options(Options& o) override {
    o("variant", variant, {"paper_param", "fedtorch_logit", "pfllib"},
      "what is mixed: the parameters, as in the paper; the logits, as in FedTorch; the models once a round, as in PFLlib");
    o("alpha", alpha, "the own model's share at the start", 0, 1);
    o("adaptive", adaptive, "learn alpha");
  }

  Plan plan() const override {
    return {.keeps = {{.name = "twin", .like = Like::model, .start = Start::initial}, {.name = "alpha", .value = alpha}}};
  }

  void step(Lanes& lanes, const Batch& batch) const override {
    auto &w = lanes.model(), &v = lanes.kept("twin"), &a = lanes.kept("alpha");
    const Tensor of_w = lanes.gradient(w, batch);
    lanes.descend(w, of_w);
    if (variant == "fedtorch_logit") return step_logits(lanes, batch);
    if (variant == "pfllib") return step_apart(lanes, batch, of_w);
    const Tensor g = lanes.gradient(mix(w, v, a), batch);
    const Tensor slope = row_dot(v - w, g);  // of the loss in alpha, at the old v
    lanes.descend(v, a * g);
    learn(lanes, slope);
  }

  void finish(Lanes& lanes) const override {
    if (variant == "pfllib") lanes.kept("twin") = mix(lanes.model(), lanes.kept("twin"), lanes.kept("alpha"));
  }

  Tensor predict(Lanes& lanes, const Batch& batch) const override {
    auto &w = lanes.model(), &v = lanes.kept("twin"), &a = lanes.kept("alpha");
    if (variant == "fedtorch_logit") return mixed_logits(lanes, batch);
    return lanes.logits(variant == "pfllib" ? Tensor(v) : mix(w, v, a), batch);
  }

 private:
  static Tensor mixed_logits(Lanes& lanes, const Batch& batch) {  // [K, B, classes]
    const Tensor share = lanes.kept("alpha").unsqueeze(1);
    return mix(lanes.logits(lanes.model(), batch), lanes.logits(lanes.kept("twin"), batch), share);
  }

  void step_logits(Lanes& lanes, const Batch& batch) const {
    auto &w = lanes.model(), &v = lanes.kept("twin"), &a = lanes.kept("alpha");
    const Tensor share = a.unsqueeze(1), slope = lanes.slope(mixed_logits(lanes, batch), batch);
    const Tensor of_v = lanes.pullback(v, batch, share * slope);
    const bool learns = adaptive && lanes.step() == 0;
    const Tensor of_w = learns ? lanes.pullback(w, batch, (1 - share) * slope) : Tensor();
    lanes.descend(v, of_v);
    if (learns) learn(lanes, row_dot(v - w, a * of_v + (1 - a) * of_w) + 0.02 * a);
  }

  void step_apart(Lanes& lanes, const Batch& batch, const Tensor& of_w) const {
    auto &w = lanes.model(), &v = lanes.kept("twin"), &a = lanes.kept("alpha");
    const Tensor of_v = lanes.gradient(v, batch);
    lanes.descend(v, of_v);
    learn(lanes, row_dot(v - w, a * of_v + (1 - a) * of_w) + 0.02 * a);
  }

  void learn(Lanes& lanes, const Tensor& slope) const {
    auto& a = lanes.kept("alpha");
    if (adaptive) a = (a - lanes.lr() * slope).clamp(0, 1);
  }
};
}  // namespace

GRAFT_STRATEGY(Apfl, "apfl", "1.1.0", "a learned mixture of an own and the common model")
