// Pairs of variants: a client of a seed is paired with the same client of the same seed, and what their differences say.
#pragma once
#include <nlohmann/json.hpp>

#include "core/report/comparison.hpp"

namespace graft::core {

struct ScoredRun {  // one that is done
  std::uint64_t seed = 0;
  std::string samples{};
  nlohmann::json summary{};
};
using ScoredRuns = std::vector<ScoredRun>;  // of a variant

// "clients" of a summary: the scores of that moment, an object a client.
using ClientsOf = const nlohmann::json& (*)(const nlohmann::json& summary);

// Each variant against the baseline, and all pairs where they are asked for, each list with Holm's correction; published accuracies
// are those of `results`.
void pair_up(Moment& moment, const StudyResults& results, const std::vector<ScoredRuns>& runs, ClientsOf clients_of, Pairs pairs);

}  // namespace graft::core
