// FedAPM: the shared part by ADMM, whose dual variables take the drift of clients away; a personal part beside it. KDD 2025,
// arXiv 2506.04672, algorithm 1, with its Lagrangian times the number of clients m: rho, sigma and duals here are m times its own.
#include "../common/alternation.hpp"

namespace {
using namespace graft;

struct FedApm : Strategy {
  Selector personal = "head";
  double rho = 0.2, sigma = 0.2;
  Alternation alternation;

  void options(Options& o) override {
    o("personal", personal, "what stays with its client");
    o("rho", rho, "penalty on a client's distance from the shared part", 1e-12);
    o("sigma", sigma, "weight of the personal part's distance from where its turn began", 0);
    alternation.options(o);
  }

  Plan plan() const override {
    return {.personal = personal,
            .training = alternation.phases(personal),
            .weighting = Weighting::equal,
            .keeps = {{.name = "dual", .like = Like::shared},
                      {.name = "message", .like = Like::shared, .start = Start::initial, .sent = true}}};
  }

  void step(Lanes& lanes, const Batch& batch) const override {
    auto& w = lanes.model();
    Tensor g = lanes.gradient(w, batch);
    lanes.personal(g).add_(lanes.personal(w) - lanes.stored(), sigma);
    lanes.shared(g).add_(lanes.shared(w) - lanes.received(), rho) += lanes.kept("dual");
    lanes.descend(w, g);
  }

  void finish(Lanes& lanes) const override {
    auto& dual = lanes.kept("dual");
    const Tensor u = lanes.shared(lanes.model());
    dual = dual + rho * (u - lanes.received());
    lanes.kept("message") = u + dual / rho;
  }

  // The server's mean is over all clients' newest messages: it moves by the changes of those that took a turn.
  Tensor upload(Lanes& lanes) const override { return lanes.kept("message") - lanes.stored("message"); }
  Tensor next(Server& server, const Tensor& mean) const override { return server.shared() + server.participation() * mean; }
};
}  // namespace

GRAFT_STRATEGY(FedApm, "fedapm", "1.0.0", "the shared part by ADMM, and a personal part")
