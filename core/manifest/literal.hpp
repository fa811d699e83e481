// Values as TOML spells them, and as a message names them.
#pragma once
#include <string>
#include <variant>

#include "core/manifest/manifest.hpp"
#include "core/manifest/tree.hpp"

namespace graft::core {

std::string literal(bool value);
std::string literal(std::int64_t value);
std::string literal(double value);  // reads back as the same double
std::string literal(const std::string& value);
std::string literal(const OptionValue& value);
std::string literal_key(const std::string& key);  // quoted where it has to be

// A value in a message, cut where it is long: 3, "abc", [...], {...}.
std::string shown(const Tree& tree);
// "found 3", "found the text "abc"", "found a list".
std::string found(const Tree& tree);

}  // namespace graft::core
