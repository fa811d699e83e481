// One table of tallies for all threads: it is written to only where somebody asked for a profile.
#include "core/library/profile.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <string_view>
#include <tuple>

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

}  // namespace

std::atomic<bool> Timed::on{false};

std::int64_t Timed::now() noexcept {
  return std::max<std::int64_t>(1, std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
}

void Timed::tally() const noexcept {
  const auto took = now() - since_;
  const auto* const frame = innermost_hook();
  const auto* const hook = hook_ ? hook_ : frame ? frame->name : nullptr;
  if (!hook) return;  // the host's own call
  const std::lock_guard lock(tallies().mutex);
  auto& tally = tallies().all[{hook->plugin, hook->hook, function_}];
  ++tally.calls;
  tally.nanoseconds += took;
  tally.bytes += bytes_;
}

void profile_calls() { Timed::on = true; }

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
