// Places go along with what they are of: an error names the text that said it.
#include "core/manifest/merge.hpp"

#include <algorithm>

namespace graft::core {

namespace {

bool replaces(const KeyValue& entry) {
  const auto* table = std::get_if<Tree::Table>(&entry.tree.value);
  return table == nullptr || (entry.key == "strategy" && entry_in(*table, "use") != nullptr);
}

void merge_entry(Tree::Table& below, const KeyValue& entry, bool whole) {
  auto* const there = entry_in(below, entry.key);
  if (there == nullptr) return void(below.push_back(entry));
  auto* const inner = std::get_if<Tree::Table>(&there->tree.value);
  if (whole || inner == nullptr) return void(*there = entry);
  there->place = entry.place;
  there->tree.place = entry.tree.place;
  for (const auto& one : std::get<Tree::Table>(entry.tree.value)) {
    merge_entry(*inner, one, !std::holds_alternative<Tree::Table>(one.tree.value));
  }
}

}  // namespace

void merge_over(Tree::Table& below, const Tree::Table& above) {
  for (const auto& entry : above) merge_entry(below, entry, replaces(entry));
}

KeyValue* entry_in(Tree::Table& table, const std::string& key) {
  const auto at = std::ranges::find(table, key, &KeyValue::key);
  return at == table.end() ? nullptr : &*at;
}

const KeyValue* entry_in(const Tree::Table& table, const std::string& key) {
  const auto at = std::ranges::find(table, key, &KeyValue::key);
  return at == table.end() ? nullptr : &*at;
}

}  // namespace graft::core
