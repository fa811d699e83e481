// Boost.Math has the quantiles.
#include "core/report/paired.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace graft::core {

Interval paired_interval(const std::vector<double>& differences) {
  constexpr double kUpper = 0.975;
  const auto count = double(differences.size());
  double mean = 0, squares = 0;
  for (const double one : differences) mean += one / count;
  for (const double one : differences) squares += (one - mean) * (one - mean);
  const double quantile = boost::math::quantile(boost::math::students_t(count - 1), kUpper);
  const double half = quantile * std::sqrt(squares / (count - 1) / count);
  return {mean, mean - half, mean + half};
}

}  // namespace graft::core
