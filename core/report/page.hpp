// The page of a comparison or of one run: HTML that needs nothing but itself.
#pragma once
#include <filesystem>
#include <string>

#include "core/report/comparison.hpp"

namespace graft::core {

// What the page draws, one line of JSON: the comparison, and of every run that has begun what lies in its folder: curves, scores,
// manifest, split. `live`: the page will be told of more. Files that are missing or not whole are left out.
std::string page_data(const Comparison& comparison, bool live);

// The page with its data in it.
std::string page_html(const std::string& data);

// A run by itself: a comparison of one variant.
StudyResults results_of_run(const std::filesystem::path& folder);

}  // namespace graft::core
