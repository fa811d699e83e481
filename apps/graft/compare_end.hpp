// How a run's process ended that gave no last answer: judged by its status and by what it printed.
#pragma once
#include <string>
#include <vector>

namespace graft {

// What a process printed, made harmless.
struct Said {
  std::vector<std::string> warnings{};
  std::string of_plugin{};  // the watch's line, without what it says of checkpoints; "" where there is none
  std::string last{};       // of the other lines
};
Said sorted(const std::string& text);

struct SilentEnd {
  int status = 0;  // an exit status of graft's
  std::string why{};
};
SilentEnd silent_end(int status, const Said& said);  // status: as waitpid gives it

}  // namespace graft
