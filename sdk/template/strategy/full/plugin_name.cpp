// SCAFFOLD on what is shared, a personal part, and a share of each client's own last model in what is scored. Karimireddy et al.,
// ICML 2020; Pillutla et al., ICML 2022; Mansour et al., 2020. Every hook is here, and says what it may do, but for two that stand
// in for others: `merge` for the mean, `predict` for `predictor`.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct PluginName : Strategy {
  Selector personal = "head";
  double correction = 1;
  double share = 0.25;
  std::string weighting = "equal";
  int64_t tune_steps = 0;
  int64_t final_epochs = 0;

  // Members are the options, their values the defaults. The host checks types and ranges before it sets any.
  void options(Options& o) override {
    o("personal", personal, "what stays with its client; \"\": nothing");
    o("correction", correction, "of the clients' drift; 0: none", 0, 1);
    o("share", share, "of a client's own last model in what is scored", 0, 1);
    o("weighting", weighting, {"equal", "samples"}, "of clients in the mean; the paper has equal");
    o("tune_steps", tune_steps, "steps on the personal part just before scoring, on a copy that is thrown away", 0, 1000);
    o("final_epochs", final_epochs, "epochs on the personal part of every client after the last round", 0, 1000);
  }

  // Pure: nothing but the options decides. Rows that a client keeps stay with it between its turns; those that the server serves
  // are sent along with the model.
  Plan plan() const override {
    Plan plan{.personal = personal,
              .training = {{.plain_sgd = true}},  // finish() counts on steps of lr times the direction
              .keeps = {{.name = "control", .like = Like::shared},
                        {.name = "change", .like = Like::shared, .sent = true},  // an upload may be made from it
                        {.name = "own", .like = Like::model, .start = Start::initial},
                        {.name = "trained", .value = 0}},  // a number a client
              .serves = {{.name = "server_control", .like = Like::shared}}};
    if (weighting == "equal") plan.weighting = Weighting::equal;
    if (tune_steps > 0) plan.tuning = {{.trains = personal, .steps = tune_steps}};
    if (final_epochs > 0) plan.closing = {{.trains = personal, .epochs = final_epochs}};
    return plan;
  }

  // K clients' batches. Rows have the columns that the phase trains, shared before personal: in `closing` there are no shared ones.
  // No item(), no printing: nothing here may wait for the device.
  void step(Lanes& lanes, const Batch& batch) const override {
    auto& w = lanes.model();                                                                     // [K, n]
    Tensor g = lanes.gradient(w, batch);                                                         // [K, n]
    lanes.shared(g).add_(lanes.received("server_control") - lanes.kept("control"), correction);  // a view: writes into g
    lanes.descend(w, g);
  }

  // After a client's last phase of a round; rows have all columns now. Assigning to kept rows keeps them.
  void finish(Lanes& lanes) const override {
    lanes.kept("own") = lanes.model();
    lanes.kept("trained").fill_(1);
    if (lanes.lr() == 0) return;
    auto &control = lanes.kept("control"), &change = lanes.kept("change");  // [K, S]
    const Tensor moved = (lanes.received() - lanes.shared(lanes.model())) / (lanes.steps() * lanes.lr());
    const Tensor fresh = moved - correction * (lanes.received("server_control") - control);  // the mean gradient on the way
    change = fresh - control;
    control = fresh;
  }

  // What is sent, [K, U]: made from the shared columns and from kept rows that the plan says are sent; nothing else is at hand.
  Tensor upload(Lanes& lanes) const override { return cat({lanes.shared(lanes.model()), lanes.kept("change")}, 1); }

  // From the weighted mean of the uploads, [U], the next shared part, [S]. The server's own rows may be written here.
  Tensor next(Server& server, const Tensor& mean) const override {
    const auto parts = mean.chunk(2);
    server.served("server_control").add_(parts[1], server.participation());
    return parts[0];
  }

  // The rows to score, [K, P]: a client's own last model is mixed into the newest common one, once it has trained.
  Tensor predictor(Lanes& lanes) const override { return mix(lanes.model(), lanes.kept("own"), lanes.kept("trained") * share); }
};
}  // namespace

GRAFT_STRATEGY(PluginName, "plugin_name", "0.1.0", "SCAFFOLD with a personal part, and one's own model mixed in")
