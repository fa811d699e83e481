// A bottleneck behind each block's MLP, which starts as the identity: an adapter, Houlsby et al., ICML 2019.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct PluginName : Module {
  int64_t bottleneck = 8;
  double scale = 1;

  void options(Options& o) override {
    o("bottleneck", bottleneck, "hidden width", 1);
    o("scale", scale, "of what it adds; 0: the plain ViT");
  }

  std::vector<Declared> tensors(const Site& site) const override {  // asked at each block, and at each linear layer in it
    if (site.linear) return {};
    const int64_t d = site.in, h = bottleneck;
    return {{"down.weight", {h, d}, like_linear(d)},
            {"down.bias", {h}, like_linear(d)},
            {"up.weight", {d, h}, {}},  // zero: at the start nothing changes
            {"up.bias", {d}, {}}};
  }

  Tensor after_mlp(const Site& site, const Tensor& x) const override {  // x: [K, B, T, d]
    const Tensor hidden = gelu(linear(x, site(0), site(1)));            // site(i): the i-th tensor declared there, [K|1, …]
    return x.add(linear(hidden, site(2), site(3)), scale);
  }
};
}  // namespace

GRAFT_MODULE(PluginName, "plugin_name", "0.1.0", "a bottleneck behind each MLP")
