// LoRA: a change of low rank beside the linear layers that are chosen. Hu et al., ICLR 2022.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct Lora : Module {
  int64_t rank = 8;
  double alpha = 16;
  Selector targets = "attn.qkv";

  void options(Options& o) override {
    o("rank", rank, "of the change", 1);
    o("alpha", alpha, "the change is scaled by alpha / rank");
    o("targets", targets, "the linear layers that get one: attn.qkv attn.proj mlp.fc1 mlp.fc2, attn, mlp, blocks.3 …");
  }

  std::vector<Declared> tensors(const Site& site) const override {
    if (!site.linear || !site.selected(targets)) return {};
    return {{"a", {rank, site.in}, like_linear(site.in)}, {"b", {site.out, rank}, {}}};  // b zero: at the start nothing changes
  }

  Tensor after_linear(const Site& site, const Tensor& x, const Tensor& y) const override {
    return y.add(linear(linear(x, site(0)), site(1)), alpha / double(rank));
  }
  Tensor merged(const Site& site, const Tensor& weight) const override {
    return weight.add(site(1).matmul(site(0)), alpha / double(rank));
  }
};
}  // namespace

GRAFT_MODULE(Lora, "lora", "1.0.0", "low-rank changes of linear layers, which can be merged into them")
