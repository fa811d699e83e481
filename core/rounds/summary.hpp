// summary.json: what a finished run gained and cost (design.md, section 7).
#pragma once
#include <string>

#include "core/compose/costs.hpp"
#include "core/rounds/history.hpp"

namespace graft::core {

struct Uncounted {  // seconds that no record has: of scoring without a round, and on the last records and checkpoints
  double evaluate_s = 0, write_s = 0;
};

std::string summary_json(const Federation& federation, const Costs& costs, const std::vector<RoundRecord>& rounds,
                         const Scored& scored, const Uncounted& uncounted);

// Scores alone, of a run's model on any data: the same keys, without costs.
std::string evaluation_json(const Federation& federation, const std::vector<Score>& scores);

}  // namespace graft::core
