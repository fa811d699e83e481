// It writes into its own parameter, which is the clients', and the federation's.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct WritingModule : Module {
  std::vector<Declared> tensors(const Site& site) const override {
    if (site.linear) return {};
    return {{"bias", {site.in}, {}}};
  }
  Tensor after_mlp(const Site& site, const Tensor& x) const override {
    Op("aten::fill_.Scalar")(site(0).detach(), 1.0);
    return x + site(0).reshape({-1, 1, 1, site.in});
  }
};
}  // namespace

GRAFT_MODULE(WritingModule, "writing_module", "1.0.0", "a test")
