// Which classes some samples are of.
#pragma once
#include <cstdint>
#include <vector>

namespace graft::core {

// [classes]: how many of the samples have each label. `labels`: of all samples.
std::vector<std::int64_t> label_counts(const std::vector<std::int64_t>& labels, const std::vector<std::int64_t>& samples,
                                       std::int64_t classes);

// Of the shares of the classes, divided by the logarithm of their number: 0 where all are of one class, 1 where all are as
// frequent.
double label_entropy(const std::vector<std::int64_t>& counts);

}  // namespace graft::core
