// summary.json: what a finished run gained and cost (design.md, section 7).
#pragma once
#include <string>

#include "core/compose/costs.hpp"
#include "core/rounds/history.hpp"

namespace graft::core {

// `write_s`: seconds on records and checkpoints that no record counts yet.
std::string summary_json(const Federation& federation, const Costs& costs, const std::vector<RoundRecord>& rounds,
                         const std::vector<Score>& scores, double write_s);

}  // namespace graft::core
