// FedProx with a personal part: what is shared is kept near what was received, what is personal may be trained first, and tuned
// before scoring. Li et al., MLSys 2020; Arivazhagan et al., 2019.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct PluginName : Strategy {
  double mu = 0.01;
  Selector personal = "head";
  std::string schedule = "joint";
  int64_t tune_steps = 0;

  void options(Options& o) override {
    o("mu", mu, "weight of the proximal term; 0: none", 0);
    o("personal", personal, "what stays with its client: head, attn, blocks.-1, head | norm …; \"\": nothing");
    o("schedule", schedule, {"joint", "personal_first"}, "train all at once, or the personal part first and the shared one then");
    o("tune_steps", tune_steps, "steps on the personal part before scoring, on a copy that is thrown away", 0, 1000);
  }

  // What can be said by a value is said here: `graft inspect` shows it, and the host keeps it.
  Plan plan() const override {
    Plan plan{.personal = personal};
    if (schedule == "personal_first") plan.training = {{.trains = personal}, {.trains = except(personal)}};
    if (tune_steps > 0) plan.tuning = {{.trains = personal, .steps = tune_steps}};
    return plan;
  }

  // Rows have the columns that the phase trains, shared before personal: the same lines serve both phases.
  void step(Lanes& lanes, const Batch& batch) const override {
    auto& w = lanes.model();              // [K, n]
    Tensor g = lanes.gradient(w, batch);  // [K, n]
    lanes.shared(g).add_(lanes.shared(w) - lanes.received(), mu);
    lanes.descend(w, g);
  }
};
}  // namespace

GRAFT_STRATEGY(PluginName, "plugin_name", "0.1.0", "FedAvg with a proximal term and a personal part")
