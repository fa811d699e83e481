// What a run has to tell: a record a round, and the spread of its clients' scores.
#pragma once
#include <string>
#include <vector>

#include "core/rounds/evaluate.hpp"

namespace graft::core {

// Over the clients that have test samples; NaN where none has.
struct Spread {
  double mean = 0, std = 0, weighted_mean = 0, min = 0, p10 = 0, median = 0, p90 = 0,
         max = 0;                     // population deviation; weighted by test samples; NumPy's linear quantiles
  double worst_10 = 0, worst_25 = 0;  // means over the tenth and the quarter of the clients that are worst off, rounded up
  double jain = 0;                    // R. Jain, D. Chiu, W. Hawe (1984): (sum x)^2 / (n sum x^2); 1: all are equal
  double loss = 0;                    // mean over the clients
};
Spread spread_of(const std::vector<Score>& scores);
Spread validation_spread_of(const std::vector<Score>& scores);  // the same of validation samples

// The newest scores of all clients, and those of the round that did best on validation samples, by their clients' mean accuracy;
// of equal rounds the first.
struct Scored {
  std::vector<Score> newest{}, chosen{};  // chosen: empty where nobody has validation samples
  std::int64_t chosen_round = 0;
  void take(std::int64_t round, std::vector<Score> scores);
};

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
