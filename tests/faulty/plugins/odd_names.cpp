// It declares a tensor under a name, and of a shape, that no file should have.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct OddNames : Module {
  std::string name = "bias";
  bool twice = false, huge = false, negative = false;

  void options(Options& o) override {
    o("name", name, {}, "of the tensor");
    o("twice", twice, "declared so");
    o("huge", huge, "of its shape");
    o("negative", negative, "of its shape");
  }
  std::vector<Declared> tensors(const Site& site) const override {
    if (site.linear) return {};
    Sizes shape = {site.in};
    if (huge) shape = {int64_t(1) << 32, int64_t(1) << 32};
    if (negative) shape = {-1, -4};
    std::vector<Declared> all = {{name, shape, {}}};
    if (twice) all.push_back(all.front());
    return all;
  }
};
}  // namespace

GRAFT_MODULE(OddNames, "odd_names", "1.0.0", "a test")
