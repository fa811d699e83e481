// TOML as a plain tree in which every key and value knows its place. Its reader, toml.cpp, is the one user of toml++.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/manifest/source.hpp"

namespace graft::core {

struct KeyValue;

struct Tree {
  struct Date {};  // known to TOML; no key of ours is one
  using List = std::vector<Tree>;
  using Table = std::vector<KeyValue>;  // in the order of the text

  std::variant<bool, std::int64_t, double, std::string, Date, List, Table> value;
  Place place;  // of the value; of a table its header
};

struct KeyValue {
  std::string key;
  Place place;
  Tree tree;
};

// Exit 2 at the first byte that is not UTF-8.
bool is_utf8(std::string_view text);
void check_utf8(std::string_view text, const std::shared_ptr<const SourceText>& source);

// The table that a text is. What is not UTF-8 or not TOML is an error at its place (exit 2).
Tree read_toml(const std::string& text, const std::shared_ptr<const SourceText>& source);

// One value, wholly placed at `place`; nothing where the text is not one.
std::optional<Tree> read_toml_value(const std::string& text, const Place& place);

}  // namespace graft::core
