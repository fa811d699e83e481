// The mean of paired differences, with Student's interval.
#pragma once
#include <vector>

namespace graft::core {

struct Interval {
  double mean = 0, low = 0, high = 0;
};

// The mean difference, and between what it lies with 95 % confidence; at least two of them.
Interval paired_interval(const std::vector<double>& differences);

}  // namespace graft::core
