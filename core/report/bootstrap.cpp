// Resamples are drawn one by one from a stream each, so that their number changes none of them.
#include "core/report/bootstrap.hpp"

#include <algorithm>
#include <numeric>

#include "core/base/quantile.hpp"
#include "core/base/random.hpp"

namespace graft::core {

namespace {

constexpr std::size_t kResamples = 10'000;
constexpr double kLow = 0.025, kHigh = 0.975;

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

double redrawn_mean(const std::vector<double>& values, Random& random) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += values[random.below(values.size())];
  return sum / double(values.size());
}

}  // namespace

std::vector<double> bootstrap_means(const PairedDifferences& differences, std::size_t resamples) {
  std::vector<double> means;
  const auto seeds = differences.size();
  for (std::size_t number = 0; number < resamples; ++number) {
    Random random(0, Purpose::bootstrap, {number});
    double sum = 0;
    for (std::size_t i = 0; i < seeds; ++i) sum += redrawn_mean(differences[seeds > 1 ? random.below(seeds) : 0], random);
    means.push_back(sum / double(seeds));
  }
  return means;
}

Interval bootstrap_interval(const PairedDifferences& differences) {
  double mean = 0;
  for (const auto& of_seed : differences) mean += mean_of(of_seed) / double(differences.size());
  auto means = bootstrap_means(differences, kResamples);
  std::ranges::sort(means);
  return {mean, quantile(means, kLow), quantile(means, kHigh)};
}

}  // namespace graft::core
