// Declares a tensor that it does not use.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct IdleTensor : Module {
  std::vector<Declared> tensors(const Site& site) const override {
    if (site.linear) return {};
    return {{"bias", {site.in}, {}}, {"spare", {site.in}, normal(0.02)}};
  }
  Tensor after_mlp(const Site& site, const Tensor& x) const override { return x + site(0).reshape({-1, 1, 1, site.in}); }
};
}  // namespace

GRAFT_MODULE(IdleTensor, "idle_tensor", "1.0.0", "a test")
