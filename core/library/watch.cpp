// Watches hooks: one thread for those that hang, signal handlers for those that crash, an exit handler for those that leave.
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "core/base/error.hpp"
#include "core/library/hook_thread.hpp"

namespace graft::core {

namespace {

using std::chrono::nanoseconds;

struct Crash {
  int signal;
  const char* name;
};
constexpr Crash kCrashes[] = {
    {SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"}, {SIGILL, "SIGILL"}, {SIGFPE, "SIGFPE"}, {SIGABRT, "SIGABRT"}};

// Signal handlers and the exit handler are the process's, and so is what they need. Handlers reach nothing but globals.
struct sigaction action_before[std::size(kCrashes)];
std::atomic<std::int64_t> clock_now{0};
std::atomic<std::int64_t> limit{0};
std::atomic<const char*> limit_key{""};
std::atomic<std::int64_t> saved_round{-1};
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

// Prints one line and ends the process: nothing of it can be trusted any more. Only calls that a signal handler may make.
[[noreturn]] void end_process(Line& line, const RunPlace& place, std::string_view why = "") noexcept {
  line << why;
  if (const auto saved = saved_round.load(); saved >= 0) {
    line << "; the checkpoint after round " << saved << " is whole: go on with --resume";
  } else if (place.round >= 0) {
    line << "; no checkpoint was written yet";
  }
  line << "\n";
  if (isatty(STDERR_FILENO)) (void)!write(STDERR_FILENO, "\n", 1);  // a progress bar may stand there
  (void)!write(STDERR_FILENO, line.text().data(), line.text().size());
  _exit(int(Exit::plugin));
}

void on_crash(int signal, siginfo_t*, void*) {
  const auto* const crash =
      std::find_if(std::begin(kCrashes), std::end(kCrashes), [&](const Crash& c) { return c.signal == signal; });
  if (const Frame* const frame = innermost_hook()) {
    Line line;
    line << "plugin '" << frame->name->plugin << "' crashed in ";
    line.place(*frame->name, *run_place(), crash->name);
    end_process(line, *run_place());
  }
  sigaction(signal, &action_before[crash - kCrashes], nullptr);  // not a plugin's doing: as if nobody had listened
  raise(signal);
}

void on_exit_called() {
  const Frame* const frame = innermost_hook();
  if (!frame) return;
  Line line;
  line << "plugin '" << frame->name->plugin << "' called exit() in ";
  line.place(*frame->name, *run_place());
  end_process(line, *run_place());
}

void end_if_hung(const Frame& frame, const RunPlace& place) {
  if (frame.host_works || watch_clock() - frame.started <= limit) return;
  const std::string_view key = limit_key.load();
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%g s", double(limit) * 1e-9);
  Line line;
  line << "plugin '" << frame.name->plugin << "' hung in ";
  line.place(*frame.name, place) << ": it took longer than " << key << (key.empty() ? "" : " = ");
  end_process(line, place, seconds);
}

// The clock counts what this thread was awake for, so that a process that was stopped for a while has not hung.
[[noreturn]] void watch() {
  while (true) {
    const auto step = nanoseconds(std::clamp<std::int64_t>(limit / 10, 1'000'000, 250'000'000));
    const auto before = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(step);
    clock_now += std::min<nanoseconds>(std::chrono::steady_clock::now() - before, 2 * step).count();
    visit_hooks(end_if_hung);
  }
}

void catch_crashes() {
  for (std::size_t i = 0; i < std::size(kCrashes); ++i) {
    struct sigaction action {};
    action.sa_sigaction = on_crash;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(kCrashes[i].signal, &action, &action_before[i]);
  }
  std::atexit(on_exit_called);
}

// Signals meant for the program (Ctrl-C) are not for this thread.
void start_watch() {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread(watch).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace

std::int64_t watch_clock() noexcept { return clock_now.load(std::memory_order_relaxed); }

void note_checkpoint(std::int64_t round) { saved_round = round; }

void watch_hooks(double limit_s, const char* key) {
  limit_key = key;
  const auto wanted = std::int64_t(std::min(limit_s, 1e9) * 1e9);
  if (limit.exchange(wanted) != 0) return;  // watched already: a new limit only
  catch_crashes();
  start_watch();
}

}  // namespace graft::core
