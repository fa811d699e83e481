// Asks the terminal, and the environment.
#include "apps/graft/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace graft {

namespace {

constexpr std::size_t kUnknown = 80;

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace

bool is_terminal(int descriptor) { return isatty(descriptor) == 1; }

bool can_redraw(int descriptor) {
  const auto kind = variable("TERM");
  return is_terminal(descriptor) && !kind.empty() && kind != "dumb";
}

bool can_colour(int descriptor) { return can_redraw(descriptor) && variable("NO_COLOR").empty(); }

std::size_t terminal_width(int descriptor) {
  winsize size{};
  const bool known = is_terminal(descriptor) && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kUnknown;
}

std::size_t redrawn_width() {
  constexpr std::size_t kFree = 3;
  const auto width = terminal_width(STDERR_FILENO);
  return width > kFree ? width - kFree : 0;
}

void write_error(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace graft
