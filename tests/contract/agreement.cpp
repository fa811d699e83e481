// Runs that must agree: twice, in pieces, in lanes, beside others, in several threads.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <ATen/record_function.h>

#include <exception>
#include <memory>
#include <set>
#include <thread>

#include "core/base/error.hpp"
#include "core/library/hook_thread.hpp"
#include "core/rounds/checkpoint.hpp"
#include "tests/contract/cases.hpp"
#include "tests/contract/child.hpp"
#include "tests/contract/draws.hpp"
#include "tests/contract/federation.hpp"

namespace graft::contract {

namespace {

constexpr Rounding kRounding = {1e-10, 1e-13};
constexpr std::size_t kThreads = 4;

core::Federation played(const Subject& subject, const Words& overrides, std::int64_t rounds, Nudge by = {}) {
  auto federation = small(subject, overrides);
  nudge(federation, by);
  play(federation, rounds);
  return federation;
}

// A state of its own, on the same plugins' instances.
core::Federation copy_of(const core::Federation& federation) {
  auto copy = federation;
  copy.server.shared = copy.server.shared.clone();
  for (auto& [name, row] : copy.server.served) row = row.clone();
  return copy;
}

// Each of the plugin's own operators lets another thread go first, and now and then one of the host's, so that four threads meet in
// a hook even on one core.
std::unique_ptr<at::ObserverContext> give_way(const at::RecordFunction&) {
  constexpr int kNowAndThen = 64;
  static thread_local int operators = 0;
  const auto* const frame = core::innermost_hook();
  const bool its_own = frame != nullptr && !frame->host_works;
  if (its_own || ++operators % kNowAndThen == 0) std::this_thread::yield();
  return nullptr;
}

struct Yielding {
  const at::CallbackHandle callback =
      at::addGlobalCallback(at::RecordFunctionCallback(give_way).scopes({at::RecordScope::FUNCTION}));
  Yielding() = default;
  Yielding(const Yielding&) = delete;
  ~Yielding() { at::removeCallback(callback); }
};

std::vector<State> in_threads(const core::Federation& start, std::int64_t rounds) {
  std::vector<State> states(kThreads);
  std::vector<std::exception_ptr> failures(kThreads);
  const Yielding yielding;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      try {
        auto mine = copy_of(start);
        play(mine, rounds);
        states[i] = scored_state_of(mine);
      } catch (...) {
        failures[i] = std::current_exception();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  return states;
}

// Options that fit this backbone; where none of some draws does, the default ones.
core::Federation with_other_options(const Subject& subject, std::vector<core::Option>& options) {
  constexpr int kDraws = 8;
  const auto plugin = core::open_plugin(subject.file, subject.id);
  core::Random random(subject.seed, core::Purpose::order);
  for (int i = 0; i < kDraws; ++i) {
    options = drawn(plugin, random);
    try {
      return small(subject, {}, options);
    } catch (const core::Error& error) {
      if (error.status != core::Exit::usage) throw;
    }
  }
  options.clear();
  return small(subject);
}

void play_as_far_as_it_goes(core::Federation& federation, std::int64_t rounds) {
  try {
    play(federation, rounds);
  } catch (const core::Error& error) {
    if (error.status != core::Exit::failed) throw;  // with drawn options it may diverge
  }
}

}  // namespace

void same_seed_same_bits(const Subject& subject) {
  const Words half = {"training.cohort=2", "rounds=3"};
  const auto first = scored_state_of(played(subject, half, 3)), second = scored_state_of(played(subject, half, 3));
  require_same_bits(first, second, "between two runs of one manifest");
}

void resume_equals_straight(const Subject& subject) {
  const Words half = {"training.cohort=2", "rounds=4"};
  const auto straight = scored_state_of(played(subject, half, 4));
  const TemporaryFolder folder;
  const auto halfway = played(subject, half, 2);
  std::set<std::int64_t> changed;
  for (const auto& [client, rows] : halfway.store.rows()) changed.insert(client);
  core::write_checkpoint(folder.path(), halfway, changed, {});
  auto resumed = small(subject, half);
  core::read_checkpoint(folder.path(), resumed);
  play(resumed, 4);
  require_same_bits(straight, scored_state_of(resumed), "between four rounds and two and two");
}

void lanes_agree(const Subject& subject) {
  const auto one = [&](Nudge by) { return scored_state_of(played(subject, {"rounds=1"}, 1, by)); };
  for (const auto* const lanes : {"2", "3", "4"}) {
    const auto several = [&] { return scored_state_of(played(subject, {"rounds=1", std::string("lanes=") + lanes}, 1)); };
    require_rounding(one, several, kRounding, std::string("between one lane and ") + lanes);
  }
}

void instances(const Subject& subject) {
  const auto first_alone = scored_state_of(played(subject, {}, 2));  // before there is another
  std::vector<core::Option> others;
  auto second = with_other_options(subject, others);
  auto first = small(subject);
  for (const std::int64_t round : {1, 2}) {
    play(first, round);
    play_as_far_as_it_goes(second, round);
  }
  const auto beside = " with another instance, of " + options_text(others) + ", beside it";
  require_same_bits(first_alone, scored_state_of(first), "between alone and" + beside);
}

void threads(const Subject& subject) {
  const auto start = small(subject, {"rounds=3"});
  auto serial = copy_of(start);
  play(serial, 3);
  const auto expected = scored_state_of(serial);
  for (const auto& state : in_threads(start, 3)) {
    require_same_bits(expected, state, "between one thread and four at once with the same instance");
  }
}

}  // namespace graft::contract
