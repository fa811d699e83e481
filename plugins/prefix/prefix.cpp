// Prefix: a bottleneck over the attention's input makes what is added to keys and values. FedPerfix, ICCV 2023, section 3.3.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct Prefix : Module {
  std::string mode = "additive";
  int64_t bottleneck = 256;
  double scale = 1.5;
  int64_t last_blocks = 0;

  void options(Options& o) override {
    o("mode", mode, {"additive"}, "added to the keys and values, as in the authors' code");
    o("bottleneck", bottleneck, "hidden width", 1);
    o("scale", scale, "of the prefix");
    o("last_blocks", last_blocks, "only in so many last blocks; 0: in all", 0);
  }

  std::vector<Declared> tensors(const Site& site) const override {
    if (site.linear || (last_blocks > 0 && site.block < site.depth - last_blocks)) return {};
    const int64_t d = site.in, h = bottleneck;
    return {{"down.weight", {h, d}, like_linear(d)},
            {"down.bias", {h}, like_linear(d)},
            {"up.weight", {2 * d, h}, like_linear(h)},
            {"up.bias", {2 * d}, like_linear(h)}};
  }

  KeysValues keys_values(const Site& site, const Tensor& z, KeysValues kv) const override {
    const Tensor hidden = tanh(linear(z, site(0), site(1)));
    const auto made = linear(hidden, site(2), site(3)).mul(scale).chunk(2, -1);  // keys first
    return {kv.keys + made[0], kv.values + made[1]};
  }
};
}  // namespace

GRAFT_MODULE(Prefix, "prefix", "1.0.0", "a generator of prefixes for keys and values")
