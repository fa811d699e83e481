// Signals by their names, and what usually stands behind them.
#include "apps/graft/compare_end.hpp"

#include <sys/wait.h>

#include <csignal>
#include <cstring>
#include <sstream>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace graft {

Said sorted(const std::string& text) {
  Said said;
  std::istringstream lines(text);
  bool of_warning = false;
  for (std::string line; std::getline(lines, line);) {
    const bool goes_on = of_warning && line.starts_with("  ");
    of_warning = goes_on || line.starts_with("warning: ");
    if (goes_on) said.warnings.back() += " " + core::harmless(line.substr(2));
    if (of_warning && !goes_on) said.warnings.push_back(core::harmless(line));
    if (of_warning) continue;
    if (line.starts_with("plugin '")) said.of_plugin = core::harmless(line);
    if (!line.empty()) said.last = core::harmless(line);
  }
  for (const auto* rest : {"; the checkpoint after round ", "; no checkpoint was written yet"}) {
    said.of_plugin = said.of_plugin.substr(0, said.of_plugin.rfind(rest));
  }
  return said;
}

SilentEnd silent_end(int status, const Said& said) {
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    const auto* const name = sigabbrev_np(number);
    return {int(core::Exit::failed), "the process was ended by " +
                                         (name != nullptr ? "SIG" + std::string(name) : "signal " + std::to_string(number)) +
                                         (number == SIGKILL ? ", as the system does where memory runs out" : "")};
  }
  const int code = WEXITSTATUS(status);
  const auto judged = code == int(core::Exit::plugin) ? code : int(core::Exit::failed);
  const auto why = said.of_plugin.empty() ? said.last : said.of_plugin;
  return {judged, why.empty() ? "the process ended by itself, with status " + std::to_string(code) : why};
}

}  // namespace graft
