// Which clients take part in a round.
#pragma once
#include <vector>

#include "core/rounds/federation.hpp"

namespace graft::core {

std::int64_t cohort_size(const Manifest& manifest, std::int64_t clients);

// Uniform, without replacement, keyed by the round; in ascending order.
std::vector<std::int64_t> sample_cohort(const Federation& federation, std::int64_t round);

}  // namespace graft::core
