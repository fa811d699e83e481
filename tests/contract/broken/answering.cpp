// Answers in the place of the check, and in another form than it does.
#include <unistd.h>

#include <graft/strategy.hpp>

namespace {
using namespace graft;

struct Answering : Strategy {
  Plan plan() const override {
    constexpr char kAnswer[] = "{\"cases\":[1]}\n";
    (void)!write(3, kAnswer, sizeof kAnswer - 1);
    _exit(0);
  }
};
}  // namespace

GRAFT_STRATEGY(Answering, "answering", "1.0.0", "a test")
