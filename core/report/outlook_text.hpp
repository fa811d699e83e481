// What a study has before it: which runs are done, which go on, and how long all of it is likely to take.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace graft::core {

struct RunOutlook {
  std::string variant;
  std::uint64_t seed = 0;
  std::string state{};                 // "done", "goes on", "begins", "fails"
  std::int64_t round = 0, rounds = 0;  // round: after which it goes on
  std::optional<double> seconds{};     // that it is likely to take; none: nothing, or not known
  int status = 0;                      // of one that fails: its exit status, and in one line why
  std::string why{};
};

struct StudyOutlook {
  std::string name, folder;
  std::size_t jobs = 1;  // runs at once
  std::vector<RunOutlook> runs{};
};

double seconds_of(const StudyOutlook& outlook);  // of all of it, no less than of the longest run

std::string outlook_text(const StudyOutlook& outlook, std::size_t width);
std::string outlook_json(const StudyOutlook& outlook);  // one line

}  // namespace graft::core
