// Partial personalization without a server: what DFedAlt and DFedSalt have in common. Before its turn a client mixes its shared
// part with its neighbours', then it trains the personal and then the shared part.
#pragma once
#include <graft/strategy.hpp>

namespace graft {

struct Decentralized : Strategy {
  Selector personal = "head";
  std::string topology = "random";
  double neighbours = 0.1;
  std::string mixing = "uniform";
  std::optional<int64_t> personal_epochs, shared_epochs;
  double personal_lr_scale = 1;

  void options(Options& o) override {
    o("personal", personal, "what stays with its client");
    o("topology", topology, {"random", "ring", "grid", "exponential", "full"}, "who hears whom");
    o("neighbours", neighbours, "random: the share of the clients that each draws anew in every round; 0: nobody", 0, 1);
    o("mixing", mixing, {"uniform", "metropolis"}, "weights of the neighbours; metropolis keeps the mean of all clients");
    o("personal_epochs", personal_epochs, "epochs on the personal part in a round; unset: training.epochs", 0);
    o("shared_epochs", shared_epochs, "epochs on the shared part in a round; unset: training.epochs", 0);
    o("personal_lr_scale", personal_lr_scale, "the personal part's rate, as a multiple of training.optimizer.lr", 0);
  }

  Plan plan() const override {
    const Graph graph = topology == "random"        ? Graph::random
                        : topology == "ring"        ? Graph::ring
                        : topology == "grid"        ? Graph::grid
                        : topology == "exponential" ? Graph::exponential
                                                    : Graph::full;
    return {.personal = personal,
            .training = {{.trains = personal, .epochs = personal_epochs.value_or(manifest), .lr_scale = personal_lr_scale},
                         {.trains = except(personal), .epochs = shared_epochs.value_or(manifest)}},
            .gossip = {graph, neighbours, mixing == "metropolis"}};
  }
};

}  // namespace graft
