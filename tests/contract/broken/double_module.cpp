// Returns double precision, whatever it is given.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct DoubleModule : Module {
  std::vector<Declared> tensors(const Site& site) const override {
    if (site.linear) return {};
    return {{"bias", {site.in}, {}}};
  }
  Tensor after_mlp(const Site& site, const Tensor& x) const override {
    static const Op to("aten::to.dtype");
    return to(x + site(0).reshape({-1, 1, 1, site.in}), GRAFT_FLOAT64);
  }
};
}  // namespace

GRAFT_MODULE(DoubleModule, "double_module", "1.0.0", "a test")
