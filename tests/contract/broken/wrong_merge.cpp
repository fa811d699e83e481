// Its merged weight is not what it adds.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct WrongMerge : Module {
  std::vector<Declared> tensors(const Site& site) const override {
    if (!site.linear) return {};
    return {{"scale", {1}, {Init::constant, 1}}};
  }
  Tensor after_linear(const Site& site, const Tensor&, const Tensor& y) const override {
    return y * site(0).reshape({-1, 1, 1, 1});
  }
  Tensor merged(const Site& site, const Tensor& weight) const override { return weight * site(0).reshape({-1, 1, 1}) * 2; }
};
}  // namespace

GRAFT_MODULE(WrongMerge, "wrong_merge", "1.0.0", "a test")
