// One text over another: what a study changes in its base, and a variant in its study.
#pragma once
#include <string>

#include "core/manifest/tree.hpp"

namespace graft::core {

// Puts the keys of `above` over those of `below`: tables key by key, all else replaced; a table too that names another `use` or
// `by`, and a strategy that is named at all: what stood beside the one before is not meant for it.
void merge_over(Tree::Table& below, const Tree::Table& above);

KeyValue* entry_in(Tree::Table& table, const std::string& key);  // null: none
const KeyValue* entry_in(const Tree::Table& table, const std::string& key);

}  // namespace graft::core
