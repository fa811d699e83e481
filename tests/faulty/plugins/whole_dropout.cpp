// It asks for all of its tokens to be dropped out, which leaves nothing to scale up.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct WholeDropout : Module {
  std::vector<Declared> tensors(const Site& site) const override {
    if (site.linear) return {};
    return {{"tokens", {2, site.in}, {}}};
  }
  Tokens tokens(const Site& site) const override { return {site(0), false, 1}; }
};
}  // namespace

GRAFT_MODULE(WholeDropout, "whole_dropout", "1.0.0", "a test")
