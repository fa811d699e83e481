// The threads that run hooks: each has a record that outlives its thread_local objects, for exit() destroys these before its
// handlers run.
#include "core/library/hook_thread.hpp"

#include <c10/util/Exception.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

namespace graft::core {

namespace {

constexpr std::size_t kSignalStack = 64 * 1024;
constexpr std::size_t kShownClients = 8;

struct Registry {
  std::mutex mutex;
  std::vector<HookThread*> threads;
};
Registry& registry() {  // never destroyed: the watchdog reads it until the very end
  static auto* const made = new Registry;
  return *made;
}

thread_local HookThread* mine = nullptr;

// A thread's stay in the registry, and a stack for signal handlers, so that a stack that overflowed can be reported too.
struct Stay {
  Stay() {
    const std::lock_guard lock(registry().mutex);
    registry().threads.push_back(mine);
    stack_t present{};
    if (sigaltstack(nullptr, &present) != 0 || !(present.ss_flags & SS_DISABLE)) return;
    signal_stack = std::make_unique<char[]>(kSignalStack);
    const stack_t wanted{signal_stack.get(), 0, kSignalStack};
    sigaltstack(&wanted, nullptr);
  }
  ~Stay() {
    if (innermost_hook()) {  // exit() called by a hook: the record is still to be read
      (void)signal_stack.release();
      return;
    }
    const std::lock_guard lock(registry().mutex);
    std::erase(registry().threads, mine);
    if (signal_stack) {
      const stack_t none{nullptr, SS_DISABLE, 0};
      sigaltstack(&none, nullptr);
    }
    delete std::exchange(mine, nullptr);
  }
  std::unique_ptr<char[]> signal_stack;
};

}  // namespace

HookThread& hook_thread() {
  if (!mine) {
    mine = new HookThread;
    static thread_local const Stay stay;
  }
  return *mine;
}

Frame* innermost_hook() noexcept { return mine ? mine->innermost.load() : nullptr; }

const RunPlace* run_place() noexcept { return mine ? &mine->place : nullptr; }

bool may_wait() noexcept {
  const Frame* const frame = innermost_hook();
  return !frame || frame->may_wait;
}

void visit_hooks(const std::function<void(const Frame&, const RunPlace&)>& visit) {
  const std::lock_guard lock(registry().mutex);
  for (HookThread* thread : registry().threads) {
    thread->watched = true;  // before the frame is looked for: a hook that ends later waits
    if (const Frame* frame = thread->innermost) visit(*frame, thread->place);
    thread->watched = false;
  }
}

bool is_memory_exhausted(const std::exception& error) {
  if (dynamic_cast<const MemoryExhausted*>(&error) || dynamic_cast<const std::bad_alloc*>(&error) ||
      dynamic_cast<const c10::OutOfMemoryError*>(&error)) {
    return true;
  }
  const auto* plain = dynamic_cast<const c10::Error*>(&error);  // LibTorch's allocator for the CPU throws these
  return plain && std::strstr(plain->what_without_backtrace(), "DefaultCPUAllocator");
}

std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

std::string text_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const c10::Error& e) {
    return first_line(e.what_without_backtrace());
  } catch (const std::bad_alloc&) {
    return "out of memory";
  } catch (const std::exception& e) {
    return first_line(e.what());
  } catch (...) {
    return "threw something that is no std::exception";
  }
}

void note_error(std::string text) noexcept { hook_thread().error = std::move(text); }

Line& Line::operator<<(std::string_view text) noexcept {
  const auto count = std::min(text.size(), sizeof text_ - length_);
  std::memcpy(text_ + length_, text.data(), count);
  length_ += count;
  return *this;
}

Line& Line::operator<<(std::int64_t number) noexcept {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  return *this << std::string_view(digits, end - digits);
}

Line& Line::place(const HookName& name, const RunPlace& place, std::string_view first) noexcept {
  *this << name.hook;
  if (place.round < 0 && first.empty()) return *this;
  *this << " (" << first;
  if (place.round >= 0) {
    *this << (first.empty() ? "round " : ", round ") << place.round;
    const auto& clients = place.clients;
    for (std::size_t i = 0; i < std::min(clients.size(), kShownClients); ++i) {
      *this << (i > 0 ? ", " : clients.size() > 1 ? ", clients " : ", client ") << clients[i];
    }
    if (clients.size() > kShownClients) *this << " and " << std::int64_t(clients.size() - kShownClients) << " more";
  }
  return *this << ")";
}

}  // namespace graft::core
