// What a reader of a comparison's tables has to know besides.
#pragma once
#include <string>
#include <vector>

#include "core/report/comparison.hpp"

namespace graft::core {

// What the columns say, what of the runs they stand for, why something is missing, what failed: a line each.
std::vector<std::string> comparison_notes(const Comparison& comparison);

std::string comparison_title(const Comparison& comparison);  // "3 variants, seeds 1, 2, 3"

}  // namespace graft::core
