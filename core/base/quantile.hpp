// NumPy's linear quantiles.
#pragma once
#include <algorithm>
#include <cstddef>
#include <vector>

namespace graft::core {

// Of values in ascending order, at least one; q from 0 to 1.
inline double quantile(const std::vector<double>& sorted, double q) {
  const double at = q * double(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - double(below)) * (sorted[above] - sorted[below]);
}

}  // namespace graft::core
