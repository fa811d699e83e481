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
TableColumns difference_columns(const Moment& moment);        // to the baseline
TableColumns cost_columns(const Comparison& comparison);
// Costs as multiples of the reference's, and accuracy for them; of one variant alone there are none.
TableColumns relative_columns(const Comparison& comparison);

struct PaperTable {
  std::string title;
  TableColumns columns;
};
// For papers, which have room for all: accuracy and differences, then its spread over seeds and clients, the same at the round
// that validation chose, costs, and costs as multiples.
std::vector<PaperTable> paper_tables(const Comparison& comparison);

}  // namespace graft::core
