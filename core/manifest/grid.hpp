// [grid] of a study: lists of values for keys, and a variant for each combination of them.
#pragma once
#include <string>
#include <vector>

#include "core/manifest/tree.hpp"

namespace graft::core {

struct GridPoint {
  std::string name;  // "fedrep lr=0.1": fit for a folder's
  Tree::Table keys;  // of a manifest, each at the place of its value
};

// Exit 2 for an override of what the grid tries: its variants, which are called by its values, would have others.
void check_not_set(const KeyValue& grid, const std::vector<std::string>& overrides);

// In the order of the text, the last key's values fastest. Exit 2 where it is no table, where a key's values are no list, or none.
std::vector<GridPoint> grid_points(const KeyValue& grid);

}  // namespace graft::core
