// A static object of it takes its time.
#include <graft/strategy.hpp>

#include <chrono>
#include <thread>

namespace {
using namespace graft;

struct Slow {
  Slow() { std::this_thread::sleep_for(std::chrono::milliseconds(700)); }
};
const Slow slow;

struct SlowOpening : Strategy {
  Plan plan() const override { return {}; }
};
}  // namespace

GRAFT_STRATEGY(SlowOpening, "slow_opening", "1.0.0", "a test")
