// What a profile says, as a table for people and as JSON.
#pragma once
#include <string>
#include <vector>

#include "core/library/profile.hpp"

namespace graft::core {

std::string profile_text(const std::vector<ProfileLine>& lines, double run_seconds);  // shares are of these
std::string profile_json(const std::vector<ProfileLine>& lines);                      // an array, a line each

}  // namespace graft::core
