// What it declares depends on how often it was asked.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct ChangingTensors : Module {
  mutable int64_t asked = 0;

  std::vector<Declared> tensors(const Site& site) const override {
    if (site.linear) return {};
    return {{"bias", {site.in}, normal(0.02 + 1e-9 * double(asked++))}};
  }
  Tensor after_mlp(const Site& site, const Tensor& x) const override { return x + site(0).reshape({-1, 1, 1, site.in}); }
};
}  // namespace

GRAFT_MODULE(ChangingTensors, "changing_tensors", "1.0.0", "a test")
