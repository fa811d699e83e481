// Adapter: a bottleneck behind each block's MLP, which starts as the identity. Houlsby et al., ICML 2019, in the place that the
// FedPerfix study gives it.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct Adapter : Module {
  int64_t bottleneck = 256;

  void options(Options& o) override { o("bottleneck", bottleneck, "hidden width", 1); }

  std::vector<Declared> tensors(const Site& site) const override {
    if (site.linear) return {};
    const int64_t d = site.in, h = bottleneck;
    return {{"down.weight", {h, d}, like_linear(d)},
            {"down.bias", {h}, like_linear(d)},
            {"up.weight", {d, h}, {}},  // zero, and it alone: were both, neither would ever learn
            {"up.bias", {d}, {}}};
  }

  Tensor after_mlp(const Site& site, const Tensor& x) const override {
    return x + linear(gelu(linear(x, site(0), site(1))), site(2), site(3));
  }
};
}  // namespace

GRAFT_MODULE(Adapter, "adapter", "1.0.0", "a bottleneck behind each MLP")
