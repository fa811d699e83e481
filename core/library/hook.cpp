// Hooks are run here, and what goes wrong in them becomes an error of the host's own.
#include "core/library/hook.hpp"

#include <c10/core/ScalarType.h>

#include <thread>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/shape_text.hpp"
#include "core/library/hook_thread.hpp"

namespace graft::core {

namespace {

constexpr std::int64_t kUncountedCalls = 100;

// A hook's stay on its thread. It does not end while the watchdog reads its frame.
class InFlight {
 public:
  InFlight(HookThread& thread, Frame& frame) : thread_(thread), frame_(frame) { thread_.innermost = &frame_; }
  ~InFlight() {
    thread_.innermost = frame_.outer;
    while (thread_.watched) std::this_thread::yield();
  }
  InFlight(const InFlight&) = delete;

 private:
  HookThread& thread_;
  Frame& frame_;
};

std::string place_text(const HookName& name) {
  Line line;
  return std::string(line.place(name, hook_thread().place).text());
}

Error plugin_failed(const HookName& name, const std::string& why) {
  const auto first = first_line(why);
  return {Exit::plugin, "plugin '" + name.plugin + "' failed in " + place_text(name) + ": " + first,
          why.size() > first.size() ? why.substr(first.size() + 1) : ""};
}

// What a callback kept, or what came out of the call itself: whole where the host made it, else named.
[[noreturn]] void rethrow(const HookName& name, const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& e) {
    if (!is_memory_exhausted(e)) throw plugin_failed(name, text_of(failure));
    throw Error(Exit::failed, "out of memory in plugin '" + name.plugin + "', " + place_text(name) + ": " + text_of(failure),
                "fewer lanes, a smaller training.batch or a smaller backbone need less");
  } catch (...) {
    throw plugin_failed(name, text_of(failure));
  }
}

void check_returned(const at::Tensor& tensor, const std::vector<std::int64_t>& sizes, const at::Tensor& like) {
  const auto found = tensor.sizes();
  bool fits = found.size() == sizes.size();
  for (std::size_t i = 0; fits && i < sizes.size(); ++i) fits = sizes[i] < 0 || sizes[i] == found[i];
  if (!fits) throw Misuse("it returned a tensor " + shape_text(found) + ", expected " + shape_text(sizes));
  if (tensor.scalar_type() != like.scalar_type() || tensor.device() != like.device()) {
    const auto described = [](const at::Tensor& t) {
      return std::string(c10::getDtypeNames(t.scalar_type()).first) + " on " + t.device().str();
    };
    throw Misuse("it returned a tensor of " + described(tensor) + ", expected " + described(like));
  }
}

}  // namespace

void set_run_place(RunPlace place) { hook_thread().place = std::move(place); }

void run_hook(const HookName& name, const std::function<std::int32_t()>& call) {
  auto& thread = hook_thread();
  Frame* const outer = thread.innermost;
  Frame frame{&name, outer, name.may_wait && (!outer || outer->may_wait), watch_clock()};
  std::int32_t status = 0;
  {
    const Timed timed(name);
    const InFlight in_flight(thread, frame);
    try {
      status = call();
    } catch (...) {
      keep_failure();
    }
  }
  if (frame.failure) rethrow(name, frame.failure);
  if (status != 0) throw plugin_failed(name, frame.said.empty() ? "it does not say why" : frame.said);
}

void refuse_lent(graft_tensor returned) {
  if (returned == nullptr || !is_lent(returned)) return;
  throw Misuse("it returned a tensor that it was given, expected one of its own (the table's keep() makes one)");
}

at::Tensor tensor_from_hook(const HookName& name, const std::function<std::int32_t(graft_tensor*)>& call,
                            std::vector<std::int64_t> sizes, const at::Tensor& like) {
  at::Tensor result;
  run_hook(name, [&] {
    graft_tensor returned = nullptr;
    const auto status = call(&returned);
    if (status == 0) refuse_lent(returned);
    if (!is_lent(returned)) result = take(returned);
    if (status != 0 || innermost_hook()->failure) return status;
    if (!result.defined()) throw Misuse("it returned no tensor, expected " + shape_text(sizes));
    check_returned(result, sizes, like);
    return status;
  });
  return result;
}

void keep_failure() noexcept {
  auto failure = std::current_exception();
  auto& thread = hook_thread();
  thread.error = text_of(failure);
  Frame* const frame = thread.innermost;
  if (frame && !frame->failure) frame->failure = std::move(failure);
}

void refuse_waiting(const std::string& what) {
  if (may_wait()) return;
  throw Misuse(what + " waits for the device, which " + innermost_hook()->name->hook + " must not: keep the value a tensor");
}

HostAtWork::HostAtWork() noexcept : frame_(innermost_hook()), since_(watch_clock()) {
  if (frame_ && ++frame_->host_calls > kUncountedCalls) frame_ = nullptr;
  if (frame_) frame_->host_works = true;
}

HostAtWork::~HostAtWork() {
  if (!frame_) return;
  frame_->started += watch_clock() - since_;
  frame_->host_works = false;
}

}  // namespace graft::core
