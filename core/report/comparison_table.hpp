// The columns of a comparison, put together once for terminals, Markdown and LaTeX.
#pragma once
#include <string>
#include <vector>

#include "core/report/comparison.hpp"
#include "core/report/layout.hpp"

namespace graft::core {

struct TableColumn {
  std::string head, unit;  // unit: "", or what all numbers below are counted in
  Cells cells;             // one a variant
  Align align = Align::right;
  int rank = 0;  // 0 stays; of the others the highest is left out first where there is no room
};
using TableColumns = std::vector<TableColumn>;

std::vector<Cells> rows_of(const TableColumns& columns);  // heads, units, then a row a variant

TableColumn name_column(const Comparison& comparison);
TableColumns accuracy_columns(const Comparison& comparison);  // beside what is published; here and below those that say something
TableColumns difference_columns(const Comparison& comparison);
TableColumns cost_columns(const Comparison& comparison);
// Costs as multiples of the reference's, and accuracy for them; of one variant alone there are none.
TableColumns relative_columns(const Comparison& comparison);

// What a reader has to know besides: what ± and differences are, why an interval is missing, what failed, what is missing.
std::vector<std::string> comparison_notes(const Comparison& comparison);

std::string comparison_title(const Comparison& comparison);  // "3 variants, seeds 1, 2, 3"

}  // namespace graft::core
