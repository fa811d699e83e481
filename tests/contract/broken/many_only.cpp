// Takes its parameters for one of each lane, always.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct ManyOnly : Module {
  std::vector<Declared> tensors(const Site& site) const override {
    if (site.linear) return {};
    return {{"bias", {site.in}, {}}};
  }
  Tensor after_mlp(const Site& site, const Tensor& x) const override { return x + site(0).view({x.size(0), 1, 1, site.in}); }
};
}  // namespace

GRAFT_MODULE(ManyOnly, "many_only", "1.0.0", "a test")
