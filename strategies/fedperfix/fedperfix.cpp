// FedPerfix: everything is shared but the head and a module, which adapts the shared attention. Sun et al., ICCV 2023.
#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct FedPerfix : Strategy {
  int64_t last_blocks_personal = 0;

  void options(Options& o) override {
    o("last_blocks_personal", last_blocks_personal, "the last blocks that stay personal too (the released CIFAR-100 preset: 1)", 0);
  }

  Plan plan() const override {
    Selector personal = Selector("head") | "module";
    for (int64_t i = 1; i <= last_blocks_personal; ++i) personal = personal | Selector("blocks.-" + std::to_string(i));
    return {.personal = personal, .modules = {"prefix"}};
  }
};
}  // namespace

GRAFT_STRATEGY(FedPerfix, "fedperfix", "1.0.0", "a personal head and prefixes adapt the shared attention")
