// Partial personalization without a server: what DFedAlt and DFedSalt have in common. Before its turn a client mixes its shared
// part with its neighbours', then it trains the personal and then the shared part.
#pragma once
#include "alternation.hpp"

namespace graft {

struct Decentralized : Strategy {
  Selector personal = "head";
  std::string topology = "random";
  double neighbours = 0.1;
  std::string mixing = "uniform";
  Alternation alternation;
  double personal_lr_scale = 1;

  void options(Options& o) override {
    o("personal", personal, "what stays with its client");
    o("topology", topology, {"random", "ring", "grid", "exponential", "full"}, "who hears whom");
    o("neighbours", neighbours, "random: the share of the clients that each draws anew in every round; 0: nobody", 0, 1);
    o("mixing", mixing, {"uniform", "metropolis"}, "weights of the neighbours; metropolis keeps the mean where all take part");
    alternation.options(o);
    o("personal_lr_scale", personal_lr_scale, "the personal part's rate, as a multiple of training.optimizer.lr", 0);
  }

  Plan plan() const override {
    const Graph graph = topology == "random"        ? Graph::random
                        : topology == "ring"        ? Graph::ring
                        : topology == "grid"        ? Graph::grid
                        : topology == "exponential" ? Graph::exponential
                                                    : Graph::full;
    return {.personal = personal,
            .training = alternation.phases(personal, personal_lr_scale),
            .gossip = {graph, neighbours, mixing == "metropolis"}};
  }
};

}  // namespace graft
