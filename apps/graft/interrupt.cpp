// A signal handler reaches nothing but a global, so there is one.
#include "apps/graft/interrupt.hpp"

#include <csignal>

namespace graft {

namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void on_interrupt(int number) {
  if (!interrupted.exchange(true) || number == SIGHUP) return;  // a hang-up comes twice: from the terminal, and from its shell
  signal(number, SIG_DFL);
  raise(number);  // delivered as soon as this handler ends
}

}  // namespace

const std::atomic<bool>& listen_for_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    sigaction(number, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(number, &action, nullptr);  // as a shell's background job Ctrl-C, or nohup
  }
  return interrupted;
}

}  // namespace graft
