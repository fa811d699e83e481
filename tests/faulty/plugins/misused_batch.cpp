// Asks for logits, their slope and their pullback of what they cannot be had of.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct MisusedBatch : Strategy {
  std::string way = "rows";

  void options(Options& o) override {
    const char* const ways[] = {"rows",  "pulled_rows", "direction", "slope",  "type",
                                "parts", "part_slope",  "late",      "labels", "none"};
    o("way", way, {std::begin(ways), std::end(ways)}, "what is done");
  }
  Plan plan() const override { return {.training = {{.parts = way.starts_with("part") ? 2 : 1}}}; }
  void step(Lanes& lanes, const Batch& batch) const override {
    auto& w = lanes.model();
    if (way == "rows") lanes.logits(fewer(w), batch);
    if (way == "pulled_rows") lanes.pullback(fewer(w), batch, lanes.logits(w, batch));
    if (way == "direction") lanes.pullback(w, batch, fewer(lanes.logits(w, batch)));
    if (way == "slope") lanes.slope(w, batch);
    if (way == "type") lanes.slope(Op("aten::to.dtype")(lanes.logits(w, batch), kDouble), batch);
    if (way == "parts") lanes.logits(w, batch);
    if (way == "part_slope") lanes.slope(lanes.logits(w, batch.part(0)), batch);
    last() = batch.get();
  }
  void finish(Lanes& lanes) const override {
    if (way == "late") lanes.logits(lanes.model(), Batch(nullptr, last()));
  }
  Tensor predict(Lanes& lanes, const Batch& batch) const override {
    const Tensor logits = lanes.logits(lanes.model(), batch);
    return way == "labels" ? logits - lanes.slope(logits, batch) : logits;
  }

 private:
  static Tensor fewer(const Tensor& t) { return t.narrow(1, 0, t.size(1) - 1); }
  static graft_batch& last() {
    static thread_local graft_batch last;
    return last;
  }
};
}  // namespace

GRAFT_STRATEGY(MisusedBatch, "misused_batch", "1.0.0", "a test")
