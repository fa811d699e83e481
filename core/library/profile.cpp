// One table of tallies for all threads: it is written to only where somebody asked for a profile.
#include "core/library/profile.hpp"

#include <ATen/record_function.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/library/hook_thread.hpp"

namespace graft::core {

namespace {

struct Tally {
  std::int64_t calls = 0, nanoseconds = 0, bytes = 0;
};

using Key = std::tuple<std::string, std::string, std::string>;  // plugin, hook, function

struct Tallies {
  std::mutex mutex;
  std::map<Key, Tally> all;
};
Tallies& tallies() {  // never destroyed: a hook may run until the very end
  static auto* const made = new Tallies;
  return *made;
}

std::int64_t now() noexcept {  // nanoseconds, never 0
  return std::max<std::int64_t>(1, std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
}

thread_local bool in_call = false;  // a function is measured: what runs inside it is the host's, or its own

// An operator that a hook calls itself, as a plugin built on LibTorch does.
struct OwnCall : at::ObserverContext {
  explicit OwnCall(const char* name) : timed(std::in_place, name) {}
  std::optional<Timed> timed;
};

// Only the operator's name is read here: RecordFunction's inline members lie elsewhere in a build with assertions.
std::unique_ptr<at::ObserverContext> begin_own_call(const at::RecordFunction& running) {
  if (in_call || !Timed::on || !innermost_hook()) return nullptr;
  return std::make_unique<OwnCall>(running.name());
}

void end_own_call(const at::RecordFunction&, at::ObserverContext* call) {
  if (call) static_cast<OwnCall*>(call)->timed.reset();
}

}  // namespace

std::atomic<bool> Timed::on{false};

void Timed::begin() noexcept {
  since_ = now();
  inside_another_ = std::exchange(in_call, hook_ == nullptr);
}

void Timed::tally() const noexcept {
  const auto took = now() - since_;
  in_call = inside_another_;
  const auto* const frame = innermost_hook();
  const auto* const hook = hook_ ? hook_ : frame ? frame->name : nullptr;
  if (!hook) return;  // the host's own call
  const std::lock_guard lock(tallies().mutex);
  auto& tally = tallies().all[{hook->plugin, hook->hook, function_}];
  ++tally.calls;
  tally.nanoseconds += took;
  tally.bytes += bytes_;
}

void profile_calls() {
  [[maybe_unused]] static const auto callback =
      at::addGlobalCallback(at::RecordFunctionCallback(begin_own_call, end_own_call).scopes({at::RecordScope::FUNCTION}));
  Timed::on = true;
}

std::vector<ProfileLine> profile() {
  std::vector<ProfileLine> lines;
  {
    const std::lock_guard lock(tallies().mutex);
    for (const auto& [key, tally] : tallies().all) {
      const auto& [plugin, hook, function] = key;
      lines.push_back({plugin, hook, function, tally.calls, double(tally.nanoseconds) * 1e-9, tally.bytes});
    }
  }
  std::ranges::stable_sort(lines, [](const ProfileLine& a, const ProfileLine& b) {
    const auto place = [](const ProfileLine& line) {
      return std::tuple(std::string_view(line.plugin), std::string_view(line.hook), !line.function.empty(), -line.seconds);
    };
    return place(a) < place(b);
  });
  return lines;
}

}  // namespace graft::core
