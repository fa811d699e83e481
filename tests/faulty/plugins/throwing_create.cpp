// Its constructor throws.
#include <graft/strategy.hpp>

namespace {
struct ThrowingCreate : graft::Strategy {
  ThrowingCreate() { throw std::runtime_error("no licence was found"); }
  graft::Plan plan() const override { return {}; }
};
}  // namespace

GRAFT_STRATEGY(ThrowingCreate, "throwing_create", "1.0.0", "a test")
