// The bootstrap interval of a mean of paired differences, over clients and seeds.
#pragma once
#include <vector>

namespace graft::core {

struct Interval {
  double mean = 0, low = 0, high = 0;
};

// A list a seed: differences of that seed's clients, none of them empty.
using PairedDifferences = std::vector<std::vector<double>>;

// The mean over seeds of their clients' mean, and what the middle 95 % of 10,000 resamples lie between (the percentile interval,
// NumPy's linear quantiles). A resample draws as many seeds as there are, then of each as many clients as it has, both with
// replacement: A. C. Davison, D. V. Hinkley, Bootstrap Methods and their Application (1997), section 3.8. With one seed it is the
// bootstrap over clients. Draws depend on nothing: equal differences have equal intervals.
Interval bootstrap_interval(const PairedDifferences& differences);

// The means of the resamples, in the order of their draws.
std::vector<double> bootstrap_means(const PairedDifferences& differences, std::size_t resamples);

}  // namespace graft::core
