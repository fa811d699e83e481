// One run of a study, handed to a process of its own: what `graft compare` asks, and what that process answers, line by line.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/data/file_sums.hpp"
#include "core/manifest/tree.hpp"

namespace graft {

struct RunTask {
  std::string name;                   // the variant's
  core::Tree tree;                    // its manifest, as it was read when the study began
  std::filesystem::path lock_folder;  // whose plugins.lock binds it
  std::uint64_t seed = 0;
  std::filesystem::path into;  // the run's folder; where another run lies there, INTO-2, INTO-3 …
  core::KnownSums sums{};      // of files that another run of the study has read
};

std::string to_bytes(const RunTask& task);
RunTask task_from(std::string_view bytes);

// Answers are JSON objects, a line each:
//   {"folder": NAME, "difference": TEXT}       where the run lies; and in what it differs from the one before it, if one is
//   {"sums": {STAMP: SUM}}                     of the files that were read
//   {"doing": TEXT, "done": N, "of": N}        before the first round
//   {"rounds": N, "done": N}                   rounds, and how many of them are done, as a fraction
//   {"end": "kept" | "done", "accuracy": TEXT} the last: it was done before, or is now
//   {"failed": LINE, "status": N}              or this

// In that process: reads the task from standard input and does it. Does not return.
[[noreturn]] void do_task(int answer_to);

}  // namespace graft
