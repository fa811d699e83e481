// A comparison's statistics of given differences, for statistics_parity.py to compare.
// `statistics_parity` reads {"differences": [[…], …], "samples": […], "ps": […]} from standard input, differences a list a seed,
// the test samples of the first seed's clients; prints as JSON their interval, the means of the resamples, Wilcoxon's p, the spread
// of the first seed's numbers, and the ps corrected by Holm.
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/report/bootstrap.hpp"
#include "core/report/wilcoxon.hpp"
#include "core/rounds/history.hpp"

using namespace graft::core;

int main() {
  const auto given = nlohmann::json::parse(std::cin);
  const auto differences = given.at("differences").get<PairedDifferences>();
  std::vector<double> all;
  for (const auto& of_seed : differences) all.insert(all.end(), of_seed.begin(), of_seed.end());
  std::vector<Score> scores;
  for (std::size_t i = 0; i < differences.front().size(); ++i)
    scores.push_back({.test_samples = given.at("samples").at(i), .accuracy = differences.front()[i]});
  std::vector<std::optional<double>> ps;
  for (const double one : given.at("ps")) ps.emplace_back(one);
  auto holm = nlohmann::json::array();
  for (const auto& one : holm_corrected(ps)) holm.push_back(*one);
  const auto interval = bootstrap_interval(differences);
  const auto spread = spread_of(scores);
  const auto p = wilcoxon_p(all);
  std::cout << nlohmann::json{{"mean", interval.mean},
                              {"low", interval.low},
                              {"high", interval.high},
                              {"means", bootstrap_means(differences, 10'000)},
                              {"p", p ? nlohmann::json(*p) : nlohmann::json()},
                              {"holm", holm},
                              {"weighted", spread.weighted_mean},
                              {"worst_10", spread.worst_10},
                              {"worst_25", spread.worst_25},
                              {"jain", spread.jain},
                              {"std", spread.std}}
            << '\n';
}
