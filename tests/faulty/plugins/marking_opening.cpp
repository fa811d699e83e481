// Nothing is wrong with it but work in a static initializer: it makes the file that GRAFT_TEST_MARK names, so that a test sees
// whether anything of it ran.
#include <cstdio>
#include <cstdlib>
#include <graft/strategy.hpp>

namespace {
struct MarkingOpening : graft::Strategy {
  graft::Plan plan() const override { return {}; }
};
const bool marked = [] {
  const char* const name = std::getenv("GRAFT_TEST_MARK");
  std::FILE* const file = name ? std::fopen(name, "w") : nullptr;
  return file && std::fclose(file) == 0;
}();
}  // namespace

GRAFT_STRATEGY(MarkingOpening, "marking_opening", "1.0.0", "a test")
