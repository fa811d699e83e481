// Any split into a shared and a personal part: what FedSim and FedAlt have in common. Pillutla et al., ICML 2022.
#pragma once
#include <graft/strategy.hpp>

namespace graft {

struct Partial : Strategy {
  Selector personal = "head";
  double l2 = 0;
  std::string l2_to = "zero";
  std::string weighting = "samples";
  bool stateless = false;
  int64_t final_epochs = 0;

  void options(Options& o) override {
    o("personal", personal, "what stays with its client");
    o("l2", l2, "weight of the squared norm of the personal part", 0);
    o("l2_to", l2_to, {"zero", "initial"}, "from where that norm is taken: 0, or the initial values");
    o("weighting", weighting, {"samples", "batches", "equal"}, "of the mean; the authors' code has batches");
    o("stateless", stateless, "the personal part begins each turn with its initial values");
    o("final_epochs", final_epochs, "epochs on the personal part of every client after the last round", 0);
  }

  // Of the joint training; FedAlt has phases in its place.
  Plan plan() const override {
    Plan plan{.personal = personal, .stateless = stateless};
    if (weighting == "batches") plan.weighting = Weighting::batches;
    if (weighting == "equal") plan.weighting = Weighting::equal;
    if (held_to_initial()) plan.keeps = {{.name = "origin", .like = Like::personal, .start = Start::initial}};
    if (final_epochs > 0) plan.closing = {{.trains = personal, .epochs = final_epochs}};
    return plan;
  }

  void step(Lanes& lanes, const Batch& batch) const override {
    auto& w = lanes.model();
    Tensor g = lanes.gradient(w, batch);
    if (l2 > 0) {
      const Tensor v = lanes.personal(w);  // no columns where a phase trains the shared part
      lanes.personal(g).add_(held_to_initial() ? v - lanes.kept("origin") : v, 2 * l2);
    }
    lanes.descend(w, g);
  }

 private:
  bool held_to_initial() const { return l2 > 0 && l2_to == "initial"; }
};

}  // namespace graft
