// Places go along with what they are of: an error names the text that said it.
#include "core/manifest/merge.hpp"

#include <algorithm>

namespace graft::core {

namespace {

// A list, or a table that names another choice: what stood beside the old one is of no use to it.
bool replaces(const KeyValue& entry, const Tree::Table& below) {
  const auto* table = std::get_if<Tree::Table>(&entry.tree.value);
  if (table == nullptr) return true;
  for (const auto* choice : {"use", "by"}) {
    const auto* said = entry_in(*table, choice);
    if (said == nullptr) continue;
    const auto* before = entry_in(below, choice);
    const auto text = [](const KeyValue& one) { return std::get_if<std::string>(&one.tree.value); };
    const bool same = before != nullptr && text(*said) && text(*before) && *text(*said) == *text(*before);
    if (!same || entry.key == "strategy") return true;
  }
  return false;
}

void merge_entry(Tree::Table& below, const KeyValue& entry) {
  auto* const there = entry_in(below, entry.key);
  if (there == nullptr) return void(below.push_back(entry));
  auto* const inner = std::get_if<Tree::Table>(&there->tree.value);
  if (inner == nullptr || replaces(entry, *inner)) return void(*there = entry);
  there->place = entry.place;
  there->tree.place = entry.tree.place;
  for (const auto& one : std::get<Tree::Table>(entry.tree.value)) merge_entry(*inner, one);
}

}  // namespace

void merge_over(Tree::Table& below, const Tree::Table& above) {
  for (const auto& entry : above) merge_entry(below, entry);
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
