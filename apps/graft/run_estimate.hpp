// What a run that begins is likely to take.
#pragma once
#include <filesystem>

#include "core/rounds/federation.hpp"

namespace graft {

// Noted in the log, and said where it takes long and nobody asked for quiet; warnings where it is more than there is.
void say_estimate(const core::Federation& federation, const std::filesystem::path& folder, bool quiet);

}  // namespace graft
