// What a thread's hooks in flight look like to those who run, fail and watch them. Only this folder's sources include it.
#pragma once
#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/library/hook.hpp"

namespace graft::core {

// One hook in flight, on the stack of run_hook.
struct Frame {
  const HookName* name;
  Frame* outer;
  bool may_wait;                      // neither this hook nor one around it forbids waiting for the device
  std::atomic<std::int64_t> started;  // on the watch's clock; later by what the host worked for it
  std::atomic<bool> host_works{false};
  std::int64_t host_calls = 0;
  std::exception_ptr failure{};  // the first that a callback kept
  std::string said{};            // why, in the plugin's words
};

struct HookThread {
  std::atomic<Frame*> innermost{nullptr};
  std::atomic<bool> watched{false};  // the watchdog is reading the frame: a hook that ends waits until it has
  RunPlace place;
  std::vector<graft_tensor> lent;  // handles that hooks of this thread were given, until they end
  std::string error;               // of the call that failed last
  std::string waited;              // the operator that waited for the device although the hook may not
};

HookThread& hook_thread();                     // this thread's, made at its first use
Frame* innermost_hook() noexcept;              // of this thread, or null; safe in a signal handler
const RunPlace* run_place() noexcept;          // likewise
bool waits_for_device(std::string_view name);  // the operator of that name: "aten::nonzero"
bool may_wait() noexcept;                      // for the device: outside hooks, and in those that say so
std::int64_t watch_clock() noexcept;           // nanoseconds that the watch has counted; stands still where nothing is watched

// Visits every thread that has run a hook, with that thread's hooks kept from ending meanwhile.
void visit_hooks(const std::function<void(const Frame& innermost, const RunPlace& place)>& visit);

// Memory exhausted in a call of the table: run_hook turns it into exit 5.
struct MemoryExhausted : std::runtime_error {
  using std::runtime_error::runtime_error;
};
bool is_memory_exhausted(const std::exception& error);
std::string first_line(std::string_view text);
std::string text_of(const std::exception_ptr& failure);  // its first line, without a backtrace
void note_error(std::string text) noexcept;              // for graft_host.error() only

// A line of text on the stack: what a signal handler can still write.
class Line {
 public:
  Line& operator<<(std::string_view text) noexcept;
  Line& operator<<(std::int64_t number) noexcept;
  Line& place(const HookName& name, const RunPlace& place, std::string_view first = "") noexcept;  // "step (round 3, client 5)"
  std::string_view text() const noexcept { return {text_, length_}; }

 private:
  char text_[512];
  std::size_t length_ = 0;
};

}  // namespace graft::core
