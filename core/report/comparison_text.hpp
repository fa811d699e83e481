// A comparison as a terminal's table, as Markdown, as CSV and as JSON.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/report/comparison.hpp"
#include "core/report/table.hpp"

namespace graft::core {

// Fits style.width: beside each other where there is room, else accuracy first and costs below it, without the columns that have
// none.
std::string comparison_text(const Comparison& comparison, const TableStyle& style);
std::string comparison_markdown(const Comparison& comparison);
std::string comparison_latex(const Comparison& comparison);  // booktabs' tables, the notes as comments

// A line a variant with all its numbers, and a line for every two of them; empty cells where there are none.
std::string comparison_csv(const Comparison& comparison);
std::string pairs_csv(const Comparison& comparison);

std::string comparison_json(const Comparison& comparison);  // one line
nlohmann::ordered_json run_json(const StudyRun& run);       // {"seed", "state", "folder"}, of one that failed "status" and "why"

}  // namespace graft::core
