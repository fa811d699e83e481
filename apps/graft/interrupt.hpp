// Ctrl-C, SIGTERM and a terminal that hangs up: the first asks a run to end between two steps, the second ends the program at once
// (but for a hang-up, which comes twice).
#pragma once
#include <atomic>

namespace graft {

// Listens from now on. What is returned is set by the first signal.
const std::atomic<bool>& listen_for_interrupts();

}  // namespace graft
