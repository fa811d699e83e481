// A bottleneck behind each MLP of the last blocks, which starts as the identity: AdaptFormer's scaled adapter, Chen et al., NeurIPS
// 2022, in the place of Houlsby et al., ICML 2019.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct PluginName : Module {
  int64_t bottleneck = 8;
  double scale = 1;
  std::string activation = "gelu";
  bool normalised = false;
  int64_t last_blocks = 0;

  void options(Options& o) override {
    o("bottleneck", bottleneck, "hidden width", 1, 65536);
    o("scale", scale, "of what it adds; 0: the plain ViT", -100, 100);
    o("activation", activation, {"gelu", "relu", "none"}, "between the two layers; none: a linear change of low rank");
    o("normalised", normalised, "a layer norm of its own before the first layer");
    o("last_blocks", last_blocks, "only in so many last blocks; 0: in all", 0);
  }

  std::vector<Declared> tensors(const Site& site) const override {
    if (site.linear || (last_blocks > 0 && site.block < site.depth - last_blocks)) return {};
    const int64_t d = site.in, h = bottleneck;
    std::vector<Declared> made = {{"down.weight", {h, d}, like_linear(d)},
                                  {"down.bias", {h}, like_linear(d)},
                                  {"up.weight", {d, h}, {}},  // zero, and it alone: were both, neither would ever learn
                                  {"up.bias", {d}, {}}};
    if (normalised) made.insert(made.end(), {{"norm.weight", {d}, {Init::constant, 1}}, {"norm.bias", {d}, {}}});
    return made;
  }

  Tensor after_mlp(const Site& site, const Tensor& x) const override {  // [K, B, T, d]
    const Tensor input = normalised ? layer_norm(x, site(4), site(5)) : x;
    return x.add(linear(activated(linear(input, site(0), site(1))), site(2), site(3)), scale);
  }

 private:
  Tensor activated(const Tensor& x) const { return activation == "gelu" ? gelu(x) : activation == "relu" ? x.relu() : x; }
};
}  // namespace

GRAFT_MODULE(PluginName, "plugin_name", "0.1.0", "a scaled bottleneck behind the MLPs of the last blocks")
