// Reading plugins and their options. Whether an option exists, and what it may be, is the plugin's to say later.
#include "core/manifest/uses.hpp"

#include <cmath>

#include "core/base/text.hpp"
#include "core/manifest/literal.hpp"
#include "core/manifest/overrides.hpp"

namespace graft::core {

namespace {

constexpr const char* kOptionTypes = "true or false, a finite number, a text or a list of texts";

// A list of selectors is one selector; what has operators of its own keeps to itself.
std::string one_expression(const Tree::List& list, const std::string& name) {
  std::vector<std::string> parts;
  for (const auto& item : list) {
    const auto* text = std::get_if<std::string>(&item.value);
    if (text == nullptr) throw error_at(item.place, "'" + name + "' must be " + kOptionTypes + ", " + found(item) + " in a list");
    const bool compound = text->find_first_of("|&!()") != std::string::npos;
    parts.push_back(compound ? "(" + *text + ")" : *text);
  }
  return joined(parts, "|");
}

OptionValue option_value(const Tree& tree, const std::string& name) {
  if (const auto* boolean = std::get_if<bool>(&tree.value)) return *boolean;
  if (const auto* whole = std::get_if<std::int64_t>(&tree.value)) return *whole;
  if (const auto* text = std::get_if<std::string>(&tree.value)) return *text;
  if (const auto* list = std::get_if<Tree::List>(&tree.value)) return one_expression(*list, name);
  const auto* number = std::get_if<double>(&tree.value);
  if (number == nullptr || !std::isfinite(*number)) {
    throw error_at(tree.place, "'" + name + "' must be " + kOptionTypes + ", " + found(tree));
  }
  return *number;
}

}  // namespace

Use read_use(const Tree& tree, const std::string& name, Places& places) {
  places[name] = tree.place;
  const auto* table = std::get_if<Tree::Table>(&tree.value);
  if (table == nullptr) throw error_at(tree.place, "'" + name + "' must be a table with 'use', " + found(tree));
  Use use;
  for (const auto& entry : *table) {
    const auto key = name + "." + entry.key;
    places[key] = entry.tree.place;
    if (entry.key != "use") {
      use.options.push_back({entry.key, option_value(entry.tree, key), entry.tree.place});
      continue;
    }
    const auto* id = std::get_if<std::string>(&entry.tree.value);
    if (id == nullptr || id->empty())
      throw error_at(entry.tree.place, "'" + key + "' must be the name of a plugin, " + found(entry.tree));
    use.id = *id;
    use.place = entry.tree.place;
  }
  if (use.id.empty()) throw error_at(tree.place, "required key '" + name + ".use' is missing: it names the plugin");
  return use;
}

std::vector<Use> read_uses(const Tree& tree, const std::string& name, Places& places) {
  places[name] = tree.place;
  const auto* list = std::get_if<Tree::List>(&tree.value);
  if (list == nullptr)
    throw error_at(tree.place, "'" + name + "' must be a list of tables, each under [[" + name + "]], " + found(tree));
  std::vector<Use> uses;
  for (const auto& item : *list) uses.push_back(read_use(item, name + "." + std::to_string(uses.size()), places));
  return uses;
}

std::vector<Option> read_options(const std::vector<std::string>& overrides) {
  Tree tree{Tree::Table{}, {}};
  for (const auto& text : overrides) apply_override(tree, text);
  std::vector<Option> options;
  for (const auto& entry : std::get<Tree::Table>(tree.value)) {
    options.push_back({entry.key, option_value(entry.tree, entry.key), entry.tree.place});
  }
  return options;
}

}  // namespace graft::core
