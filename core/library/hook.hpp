// Runs a plugin's hooks: named for whatever goes wrong, watched for crashes and hangs. No exception crosses: a callback keeps what
// it threw (keep_failure), and the hook that it passed through throws it again, whole.
#pragma once
#include <ATen/core/Tensor.h>
#include <graft/abi.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/library/handles.hpp"
#include "core/library/profile.hpp"

namespace graft::core {

struct Frame;

struct HookName {
  std::string plugin;     // its id
  const char* hook;       // "step"
  bool may_wait = false;  // may the plugin wait for the device (item())? never inside a step, nor in a module's hooks
};

// Where the run is, for error messages; set by the rounds between hooks, read by every hook of the thread. -1, empty: not in a
// round.
struct RunPlace {
  std::int64_t round = -1;
  std::vector<std::int64_t> clients{};
  bool trial = false;  // a turn that only shows what it costs: what plugins log there is left out
};
void set_run_place(RunPlace place);
void note_checkpoint(std::int64_t round);  // there is one after that round: a crash's line says so

// Calls a hook. Non-zero, or a failure kept by a callback meanwhile, becomes an Error: what the host itself threw comes out as it
// was; a misuse of the host by the plugin, or what the plugin threw, is exit 3: "plugin 'apfl' failed in step (round 3, clients 4,
// 5): …"; memory exhausted is exit 5.
void run_hook(const HookName& name, const std::function<std::int32_t()>& call);

// Calls a hook that returns one tensor; checks that there is one, that it has the shape [sizes] (-1: any), and the dtype and device
// of `like`.
at::Tensor tensor_from_hook(const HookName& name, const std::function<std::int32_t(graft_tensor*)>& call,
                            std::vector<std::int64_t> sizes, const at::Tensor& like);

// Throws (a misuse) where a hook returned what it was only lent: both sides would drop it.
void refuse_lent(graft_tensor returned);

// In a callback's catch (...): keeps the exception for run_hook and its text for graft_host.error().
void keep_failure() noexcept;
// The body of a callback of that name, for those that return a tensor or a status.
template <class Body>
graft_tensor answer(const char* function, Body body, Made when = Made::unless_seen) noexcept {
  Timed timed(function);
  try {
    at::Tensor result = body();
    timed.made(result, when);
    return to_handle(std::move(result));
  } catch (...) {
    keep_failure();
    return nullptr;
  }
}
template <class Body>
std::int32_t done(const char* function, Body body) noexcept {
  const Timed timed(function);
  try {
    body();
    return 0;
  } catch (...) {
    keep_failure();
    return 1;
  }
}
// Throws (a misuse) where the running hook may not wait for the device.
void refuse_waiting(const std::string& what);

// While one lives, the host works for the hook (a gradient of a large model), which is no time of the hook's own. A hook that
// comes back for it more than a hundred times is on its own: it may be a loop without an end.
class HostAtWork {
 public:
  HostAtWork() noexcept;
  ~HostAtWork();
  HostAtWork(const HostAtWork&) = delete;

 private:
  Frame* frame_;        // null: the time counts
  std::int64_t since_;  // on the watch's clock
};

// What a plugin did wrong with the host's functions: run_hook turns it into exit 3 with the plugin and hook named.
struct Misuse : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Once, at the start of the program: from then on a crash (SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, exit()) inside a hook, and one
// that takes longer than the limit, print one line naming plugin, hook, round and client, and end the process with exit 3. The
// limit is called by the key that sets it; "" where none does.
void watch_hooks(double limit_s, const char* key = "plugins.hook_limit_s");

}  // namespace graft::core
