// Overrides change the tree, so that they are checked exactly as the text of a file is.
#include "core/manifest/overrides.hpp"

#include <algorithm>
#include <string_view>

#include "core/manifest/literal.hpp"

namespace graft::core {

namespace {

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::vector<std::string> parts_of(const std::string& key, const Place& place) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0, end = 0; begin <= key.size(); begin = end + 1) {
    end = std::min(key.find('.', begin), key.size());
    parts.push_back(key.substr(begin, end - begin));
    if (parts.back().empty()) throw error_at(place, "expected KEY=VALUE, such as training.epochs=2");
  }
  return parts;
}

bool is_index(const std::string& part) { return part.size() < 10 && part.find_first_not_of("0123456789") == std::string::npos; }

// The item of that index; one more than there are makes it.
Tree& item_of(Tree::List& list, const std::string& part, const std::string& name, const Place& place) {
  const std::size_t index = is_index(part) ? std::stoul(part) : list.size() + 1;
  if (index > list.size()) {
    throw error_at(place,
                   "'" + part + "' is no item of '" + name + "', which has " + std::to_string(list.size()) + ", counted from 0");
  }
  if (index == list.size()) list.push_back({Tree::Table{}, place});
  return list[index];
}

// The entry of that key; made where it is not there.
Tree& entry_of(Tree::Table& table, const std::string& part, const Place& place) {
  auto at = std::find_if(table.begin(), table.end(), [&part](const KeyValue& entry) { return entry.key == part; });
  if (at == table.end()) at = table.insert(table.end(), {part, place, {Tree::Table{}, place}});
  return at->tree;
}

void set(Tree::Table& table, const std::string& key, const Place& place, Tree value) {
  entry_of(table, key, place) = std::move(value);
  for (auto& entry : table) {
    if (entry.key == key) entry.place = place;
  }
}

}  // namespace

std::string key_of(const std::string& override) { return trimmed(override.substr(0, override.find('='))); }

void apply_override(Tree& manifest, const std::string& text) {
  const auto source = std::make_shared<const SourceText>(SourceText{kCommandLine, {text}});
  const Place place{source, 1, 1};
  const auto equals = text.find('=');
  if (equals == std::string::npos) throw error_at(place, "expected KEY=VALUE, such as training.epochs=2");
  check_utf8(text, source);
  const auto parts = parts_of(key_of(text), place);
  const auto said = text.substr(equals + 1);
  const auto read = read_toml_value(said, place);
  const bool begun = !read && !said.empty() && std::string_view("{[\"'").find(said.front()) != std::string_view::npos;
  if (begun) throw error_at(place, "the value is no whole TOML: " + said + R"(, expected such as {by="iid"}, [1, 2] or "a text")");
  auto value = read.value_or(Tree{said, place});

  Tree* at = &manifest;
  std::string name;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto* table = std::get_if<Tree::Table>(&at->value);
    auto* list = std::get_if<Tree::List>(&at->value);
    if (table == nullptr && list == nullptr) throw error_at(place, "'" + name + "' is no table: " + found(*at));
    const bool last = i + 1 == parts.size();
    if (last && table != nullptr) return set(*table, parts[i], place, std::move(value));
    at = table != nullptr ? &entry_of(*table, parts[i], place) : &item_of(*list, parts[i], name, place);
    if (last) return void(*at = std::move(value));
    const auto* made = std::get_if<Tree::Table>(&at->value);
    if (made != nullptr && made->empty() && is_index(parts[i + 1])) at->value = Tree::List{};
    name += (name.empty() ? "" : ".") + parts[i];
  }
}

}  // namespace graft::core
