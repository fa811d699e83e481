// A run: rounds of sample, train, merge, evaluate, record.
#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "core/rounds/history.hpp"

namespace graft::core {

// Numbers that are not finite. Going on would only come to the same.
struct Diverged : Error {
  using Error::Error;
};

struct Progress {                       // told after every turn and every scoring
  std::int64_t round = 0, rounds = 0;   // from 1
  double done = 0;                      // of this round's work, 0..1
  std::int64_t samples = 0;             // trained on so far in this run of the program
  double train_s = 0;                   // seconds spent on them
  const RoundRecord* record = nullptr;  // the round is whole
};

struct RunOptions {
  std::filesystem::path folder;  // the run's; exists
  bool resume = false;
  const std::atomic<bool>* stop = nullptr;  // set: end between two steps, checkpoint written, Error(Exit::interrupted)
  std::function<void(const Progress&)> tell;
};

// Runs a federation that stands before round 0, or that a checkpoint restores, to the end; leaves rounds.jsonl, clients.csv,
// summary.json and checkpoint/ in the folder. Returns the summary's JSON.
std::string run(Federation& federation, const RunOptions& options);

}  // namespace graft::core
