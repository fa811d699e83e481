// Turns the descriptor round, for a plugin may use any library's streams.
#include "apps/graft/own_output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "apps/graft/command_line.hpp"

namespace graft {

OwnOutput::OwnOutput(bool alone) : own_(alone ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0) : -1) {
  if (own_ >= 0) dup2(STDERR_FILENO, STDOUT_FILENO);
}

OwnOutput::~OwnOutput() {
  if (own_ >= 0) close(own_);
}

int OwnOutput::descriptor() const { return own_ < 0 ? STDOUT_FILENO : own_; }

void OwnOutput::print(const std::string& text) {
  if (own_ < 0) return graft::print(text);
  std::fflush(stdout);  // what a plugin has left there
  dup2(own_, STDOUT_FILENO);
  graft::print(text);
  dup2(STDERR_FILENO, STDOUT_FILENO);
}

}  // namespace graft
