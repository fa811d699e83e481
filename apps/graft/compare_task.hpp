// One run of a study, handed to a process of its own: what `graft compare` asks, and what that process answers, line by line.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/child_process.hpp"
#include "core/data/file_sums.hpp"
#include "core/manifest/tree.hpp"

namespace graft {

// What is asked: to do it, or only what there is to do, and how long that is likely to take.
enum class Ask { run, state, time };

struct RunTask {
  std::string name;                   // the variant's
  core::Tree tree;                    // its manifest, as it was read when the study began
  std::filesystem::path lock_folder;  // whose plugins.lock binds it
  std::uint64_t seed = 0;
  std::filesystem::path into;  // the run's folder; where another run lies there, INTO-2, INTO-3 …
  core::KnownSums sums{};      // of files that another run of the study has read
  Ask ask = Ask::run;
};

RunTask task_from(std::string_view bytes);

// Its process, one of so many at a time: each has its share of the processors, where the environment says nothing of threads.
std::unique_ptr<core::ChildProcess> process_for(const RunTask& task, std::size_t jobs);

// Answers are JSON objects, a line each:
//   {"folder": NAME, "difference": TEXT}       where the run lies; and in what it differs from the one before it, if one is
//   {"sums": {STAMP: SUM}}                     of the files that were read
//   {"doing": TEXT, "done": N, "of": N}        before the first round
//   {"rounds": N, "done": N}                   rounds, and how many of them are done, as a fraction
//   {"end": "kept" | "done", "accuracy": TEXT} the last: it was done before, or is now
//   {"state": TEXT, "rounds": N, "round": N}   or, where only that was asked: what there is to do, and after which round;
//                                              "seconds": N stands beside it where the time was asked
//   {"failed": LINE, "status": N}              or this

// In that process: reads the task from standard input and does it. Does not return.
[[noreturn]] void do_task(int answer_to);

}  // namespace graft
