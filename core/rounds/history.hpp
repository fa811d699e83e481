// What a run has to tell: a record a round, and the spread of its clients' scores.
#pragma once
#include <string>
#include <vector>

#include "core/rounds/evaluate.hpp"

namespace graft::core {

// Over the clients that have test samples; NaN where none has.
struct Spread {
  double mean = 0, std = 0, weighted_mean = 0, min = 0, p10 = 0, median = 0, p90 = 0,
         max = 0;   // population deviation; NumPy's linear quantiles
  double loss = 0;  // mean over the clients
};
Spread spread_of(const std::vector<Score>& scores);

struct RoundRecord {
  std::int64_t round = 0;                          // from 1
  std::vector<std::int64_t> cohort;                // ids, ascending
  double train_loss = 0;                           // a step's mean
  std::int64_t turns = 0, steps = 0, samples = 0;  // turns: clients of the cohort that made a step
  double upload_bytes = 0, download_bytes = 0;     // of the whole cohort
  double train_s = 0, merge_s = 0, evaluate_s = 0;
  double write_s = 0;         // on records and checkpoints since the record before
  std::vector<Score> scores;  // empty: not scored in this round
};

std::string to_json_line(const RoundRecord& record);  // a line of rounds.jsonl, scores as their spread
RoundRecord from_json_line(const std::string& line);  // all but the scores

}  // namespace graft::core
