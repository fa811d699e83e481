// Divides by a client's steps, where clients gossip: one that made none only mixes, and is asked nothing.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct GossipingFinish : Strategy {
  Plan plan() const override {
    return {.keeps = {{.name = "way", .like = Like::shared}}, .gossip = {.graph = Graph::ring, .metropolis = true}};
  }
  void finish(Lanes& lanes) const override { lanes.kept("way") = (lanes.received() - lanes.shared(lanes.model())) / lanes.steps(); }
};
}  // namespace

GRAFT_STRATEGY(GossipingFinish, "gossiping_finish", "1.0.0", "a test")
