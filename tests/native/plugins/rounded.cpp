// What needs NATIVE: an autograd function of one's own. Tokens rounded to steps of 1/16 whose gradient passes straight through.
#include <torch/csrc/autograd/custom_function.h>
#include <graft/module.hpp>

namespace {
using namespace graft;

struct Rounded : torch::autograd::Function<Rounded> {
  static Tensor forward(torch::autograd::AutogradContext*, const Tensor& x) { return (x * 16).round() / 16; }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*, torch::autograd::variable_list gradients) {
    return gradients;
  }
};

struct RoundedPrompt : Module {
  std::vector<Declared> tensors(const Site& site) const override {
    if (site.linear) return {};
    return {{"tokens", {2, site.in}, normal(0.1)}};
  }
  Tokens tokens(const Site& site) const override { return {Rounded::apply(site(0))}; }
};
}  // namespace

GRAFT_MODULE(RoundedPrompt, "rounded", "1.0.0", "prompt tokens on a grid, learned straight through")
