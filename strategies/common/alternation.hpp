// The personal part first, then the shared one, each for epochs of its own: what FedAlt, FedAPM and DFedAlt train by.
#pragma once
#include <graft/strategy.hpp>

namespace graft {

struct Alternation {
  std::optional<int64_t> personal_epochs, shared_epochs;

  void options(Options& o) {
    o("personal_epochs", personal_epochs, "epochs on the personal part in a round; unset: training.epochs", 0);
    o("shared_epochs", shared_epochs, "epochs on the shared part in a round; unset: training.epochs", 0);
  }

  std::vector<Phase> phases(const Selector& personal, double personal_lr_scale = 1) const {
    return {{.trains = personal, .epochs = personal_epochs.value_or(manifest), .lr_scale = personal_lr_scale},
            {.trains = except(personal), .epochs = shared_epochs.value_or(manifest)}};
  }
};

}  // namespace graft
