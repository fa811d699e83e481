// Columns: which of a client's P numbers a phase works on. Rows of a phase are gathered from the full rows, and scattered back.
#pragma once
#include <ATen/core/Tensor.h>

#include <utility>
#include <vector>

#include "core/compose/catalog.hpp"

namespace graft::core {

struct Columns {
  std::vector<std::size_t> entries;                             // of the catalog, in the order of their columns
  std::vector<std::int64_t> sizes;                              // of each, in columns
  std::vector<std::pair<std::int64_t, std::int64_t>> segments;  // start and length in the full rows, adjacent ones joined
  std::int64_t shared = 0, all = 0;                             // the first `shared` of `all` columns are the shared ones
};

// Of the chosen entries that are not frozen. Shared ones stand before personal ones, and held ones, which only tuning has, behind
// both: there the full rows are [K, P + H].
Columns columns_of(const Catalog& catalog, const std::vector<bool>& chosen, bool with_held);

// The segments of a row that has only the shared, or only the personal, of these columns.
Columns shared_columns(const Columns& columns);
Columns personal_columns(const Columns& columns, std::int64_t first_personal);

at::Tensor gather(const at::Tensor& rows, const Columns& columns);  // [K, all]; a view where one segment does
void scatter(const at::Tensor& rows, const Columns& columns, const at::Tensor& gathered);  // nothing to do for such a view

}  // namespace graft::core
