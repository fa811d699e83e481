// Ranks are counted in halves, so that shared ones are whole numbers too.
#include "core/report/wilcoxon.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace graft::core {

namespace {

constexpr std::size_t kMostExact = 200;

struct Ranked {
  std::vector<std::int64_t> halves;  // twice the rank of each
  std::int64_t positive = 0;         // twice the sum of the ranks of those above 0
  double ties = 0;                   // sum of t^3 - t over groups of t equal ones
};

Ranked ranked(std::vector<double> differences) {
  std::erase(differences, 0.0);
  std::ranges::sort(differences, {}, [](double one) { return std::abs(one); });
  Ranked all;
  const auto count = differences.size();
  for (std::size_t first = 0, end = 0; first < count; first = end) {
    while (end < count && std::abs(differences[end]) == std::abs(differences[first])) ++end;
    const auto twice = std::int64_t(first + 1 + end);  // ranks first + 1 to end: twice their mean
    for (auto i = first; i < end; ++i) {
      all.halves.push_back(twice);
      if (differences[i] > 0) all.positive += twice;
    }
    const auto equal = double(end - first);
    all.ties += equal * equal * equal - equal;
  }
  return all;
}

// The chance of each sum where every rank counts or not, with even chances.
double exact_p(const Ranked& all) {
  const auto total = std::accumulate(all.halves.begin(), all.halves.end(), std::int64_t(0));
  std::vector<double> chance(std::size_t(total + 1), 0.0);
  chance[0] = 1;
  std::int64_t reached = 0;
  for (const auto rank : all.halves) {
    reached += rank;
    for (auto sum = reached; sum >= 0; --sum) {
      const double with = sum >= rank ? chance[std::size_t(sum - rank)] : 0;
      chance[std::size_t(sum)] = (chance[std::size_t(sum)] + with) / 2;
    }
  }
  const auto at = chance.begin() + all.positive;
  const double below = std::accumulate(chance.begin(), at + 1, 0.0), above = std::accumulate(at, chance.end(), 0.0);
  return std::min(1.0, 2 * std::min(below, above));
}

double normal_p(const Ranked& all) {
  const auto count = double(all.halves.size());
  const double mean = count * (count + 1) / 4, variance = count * (count + 1) * (2 * count + 1) / 24 - all.ties / 48;
  const double z = (double(all.positive) / 2 - mean) / std::sqrt(variance);
  return std::erfc(std::abs(z) / std::sqrt(2.0));
}

}  // namespace

std::optional<double> wilcoxon_p(const std::vector<double>& differences) {
  const auto all = ranked(differences);
  if (all.halves.empty()) return {};
  return all.halves.size() <= kMostExact ? exact_p(all) : normal_p(all);
}

std::vector<std::optional<double>> holm_corrected(const std::vector<std::optional<double>>& ps) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < ps.size(); ++i) {
    if (ps[i]) order.push_back(i);
  }
  std::ranges::stable_sort(order, {}, [&ps](std::size_t i) { return *ps[i]; });
  auto corrected = ps;
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    largest = std::max(largest, std::min(1.0, *ps[order[rank]] * double(order.size() - rank)));
    corrected[order[rank]] = largest;
  }
  return corrected;
}

}  // namespace graft::core
