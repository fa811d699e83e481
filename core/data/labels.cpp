// Counts of labels, and how even they are.
#include "core/data/labels.hpp"

#include <cmath>
#include <numeric>

namespace graft::core {

std::vector<std::int64_t> label_counts(const std::vector<std::int64_t>& labels, const std::vector<std::int64_t>& samples,
                                       std::int64_t classes) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(classes));
  for (const auto sample : samples) ++counts[std::size_t(labels[std::size_t(sample)])];
  return counts;
}

double label_entropy(const std::vector<std::int64_t>& counts) {
  const auto total = double(std::accumulate(counts.begin(), counts.end(), std::int64_t(0)));
  if (total == 0 || counts.size() < 2) return 0;
  double entropy = 0;
  for (const auto count : counts) {
    if (count > 0) entropy -= double(count) / total * std::log(double(count) / total);
  }
  return std::abs(entropy) / std::log(double(counts.size()));  // not -0
}

}  // namespace graft::core
