// How anything fails: one exception that carries the exit status, a first line that says it all, and further lines.
#pragma once
#include <stdexcept>
#include <string>
#include <utility>

namespace graft::core {

enum class Exit { done = 0, usage = 2, plugin = 3, data = 4, failed = 5, interrupted = 130 };

struct Error : std::runtime_error {
  // `line`: where, what was found, what was expected. `more`: the offending line, a hint; may be empty or several
  // lines.
  Error(Exit status, const std::string& line, std::string more = "") : runtime_error(line), status(status), more(std::move(more)) {}
  Exit status;
  std::string more;
};

}  // namespace graft::core
