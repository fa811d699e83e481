// From toml++ to our tree; nothing of toml++ is seen beyond this file, its messages neither.
#include <toml++/toml.h>

#include <algorithm>
#include <string_view>
#include <tuple>

#include "core/manifest/tree.hpp"

namespace graft::core {

namespace {

using Source = std::shared_ptr<const SourceText>;

// Where a node stands: in `source`; or all of it at one place.
struct Placing {
  Source source;
  Place fixed;

  Place operator()(const toml::source_position& at) const {
    if (!source) return fixed;
    return {source, static_cast<int>(std::max(1u, at.line)), static_cast<int>(std::max(1u, at.column))};
  }
};

Tree tree_of(const toml::node& node, const Placing& placing);

Tree::Table table_of(const toml::table& table, const Placing& placing) {
  Tree::Table entries;
  for (const auto& [key, node] : table) {
    entries.push_back({std::string(key.str()), placing(key.source().begin), tree_of(node, placing)});
  }
  std::stable_sort(entries.begin(), entries.end(), [](const KeyValue& a, const KeyValue& b) {
    return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
  });
  return entries;
}

Tree::List list_of(const toml::array& array, const Placing& placing) {
  Tree::List items;
  for (const auto& node : array) items.push_back(tree_of(node, placing));
  return items;
}

Tree tree_of(const toml::node& node, const Placing& placing) {
  Tree tree{Tree::Date{}, placing(node.source().begin)};
  if (const auto* table = node.as_table()) tree.value = table_of(*table, placing);
  if (const auto* array = node.as_array()) tree.value = list_of(*array, placing);
  if (const auto* text = node.as_string()) tree.value = text->get();
  if (const auto* whole = node.as_integer()) tree.value = whole->get();
  if (const auto* number = node.as_floating_point()) tree.value = number->get();
  if (const auto* boolean = node.as_boolean()) tree.value = boolean->get();
  return tree;
}

constexpr auto kNoValue = "neither a number, true, false nor a quoted text";

// "Error while parsing string: unknown escape" becomes "invalid TOML string: unknown escape".
std::string in_our_words(std::string_view said) {
  constexpr std::string_view kOpening = "Error while parsing ";
  if (said.substr(0, kOpening.size()) != kOpening) return "invalid TOML: " + std::string(said);
  said.remove_prefix(kOpening.size());
  const auto colon = std::min(said.find(": "), said.size());
  const auto what = said.substr(0, colon);
  auto why = std::string(said.substr(std::min(colon + 2, said.size())));
  if (what == "boolean")
    return "invalid TOML value: " + std::string(kNoValue);  // of `use = fedavg` it says that no false begins so
  if (why == "could not determine value type") why = kNoValue;
  if (why == "encountered end-of-file") why = "the text ends too early";
  return "invalid TOML" + (what == "root table" ? "" : " " + std::string(what)) + ": " + why;
}

}  // namespace

Tree read_toml(const std::string& text, const Source& source) {
  check_utf8(text, source);
  const Placing placing{source, {}};
  try {
    const auto table = toml::parse(std::string_view(text));
    return {table_of(table, placing), {source, 1, 1}};
  } catch (const toml::parse_error& error) {
    throw error_at(placing(error.source().begin), in_our_words(error.description()));
  }
}

std::optional<Tree> read_toml_value(const std::string& text, const Place& place) {
  try {
    const auto table = toml::parse("value = " + text);
    const auto* node = table.get("value");
    if (table.size() != 1 || node == nullptr) return {};
    return tree_of(*node, {nullptr, place});
  } catch (const toml::parse_error&) {
    return {};
  }
}

}  // namespace graft::core
