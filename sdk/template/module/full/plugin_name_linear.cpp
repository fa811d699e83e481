// Low-rank changes of linear layers that are chosen, which can be merged into their weights: LoRA, Hu et al., ICLR 2022. A second
// plugin of the same folder: a manifest may list both, and `graft export --merge` takes modules that act on linear layers alone.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct PluginNameLinear : Module {
  int64_t rank = 2;
  double scale = 1;
  Selector targets = "attn.qkv";

  void options(Options& o) override {
    o("rank", rank, "of the changes", 1, 65536);
    o("scale", scale, "of the changes", -100, 100);
    o("targets", targets, "the linear layers that get one: attn.qkv, attn.proj | mlp.fc1, blocks.-1 …");
  }

  std::vector<Declared> tensors(const Site& site) const override {
    if (!site.linear || !site.selected(targets)) return {};
    return {{"a", {rank, site.in}, like_linear(site.in)}, {"b", {site.out, rank}, {}}};  // b zero: at the start nothing changes
  }

  // Behind a linear layer where tensors were declared: its input x [K, B, T, in] and output y [K, B, T, out].
  Tensor after_linear(const Site& site, const Tensor& x, const Tensor& y) const override {
    return y.add(linear(linear(x, site(0)), site(1)), scale);
  }

  // The weight [K|1, out, in] that does what the layer and after_linear do together.
  Tensor merged(const Site& site, const Tensor& weight) const override { return weight.add(site(1).matmul(site(0)), scale); }
};
}  // namespace

GRAFT_MODULE(PluginNameLinear, "plugin_name_linear", "0.1.0", "low-rank changes of linear layers")
