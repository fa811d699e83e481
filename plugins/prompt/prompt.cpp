// Prompt: learned tokens beside the image's. Visual Prompt Tuning, Jia et al., ECCV 2022: deep, new ones in each block, or shallow.
#include <graft/module.hpp>

namespace {
using namespace graft;

struct Prompt : Module {
  int64_t length = 10;
  bool deep = true;
  double dropout = 0;

  void options(Options& o) override {
    o("tokens", length, "how many, in each block that has its own", 1);
    o("deep", deep, "new tokens in each block; false: those of the first block stay through all of them");
    o("dropout", dropout, "of the tokens, in training only", 0, 0.99);
  }

  std::vector<Declared> tensors(const Site& site) const override {
    if (site.linear || (!deep && site.block > 0)) return {};
    const double patch_pixels = 3 * double(site.patch * site.patch);
    return {{"tokens", {length, site.in}, uniform(std::sqrt(6 / (patch_pixels + double(site.in))))}};
  }

  Tokens tokens(const Site& site) const override { return {site(0), !deep, dropout}; }
};
}  // namespace

GRAFT_MODULE(Prompt, "prompt", "1.0.0", "learned tokens in each block, or from the first one on")
