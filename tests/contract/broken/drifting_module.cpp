// Gives a little more every time.
#include <graft/module.hpp>

#include <atomic>

namespace {
using namespace graft;

struct DriftingModule : Module {
  mutable std::atomic<int64_t> passes = 0;

  std::vector<Declared> tensors(const Site& site) const override {
    if (site.linear) return {};
    return {{"bias", {site.in}, {}}};
  }
  Tensor after_mlp(const Site& site, const Tensor& x) const override {
    return (x + site(0).reshape({-1, 1, 1, site.in})) * (1 + 1e-9 * double(passes++));
  }
};
}  // namespace

GRAFT_MODULE(DriftingModule, "drifting_module", "1.0.0", "a test")
