// Spelling values: doubles by their shortest form that reads back the same, texts with TOML's escapes.
#include "core/manifest/literal.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace graft::core {

namespace {

constexpr std::size_t kShown = 48;  // bytes of a text in a message

std::string escaped(char c) {
  constexpr std::string_view kPlain = "\b\t\n\f\r\"\\", kLetters = "btnfr\"\\";
  if (const auto at = kPlain.find(c); at != std::string_view::npos) return {'\\', kLetters[at]};
  std::array<char, 8> code{};
  std::snprintf(code.data(), code.size(), "\\u%04X", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return code.data();
}

std::string cut(const std::string& text) {
  if (text.size() <= kShown) return text;
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;  // Clang 14 does not find it by itself

}  // namespace

std::string literal(bool value) { return value ? "true" : "false"; }

std::string literal(std::int64_t value) { return std::to_string(value); }

std::string literal(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  const std::string out(text.data(), end);
  return out.find_first_of(".e") == std::string::npos ? out + ".0" : out;
}

std::string literal(const std::string& value) {
  std::string out = "\"";
  for (const char c : value) {
    const bool plain = static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && c != '"' && c != '\\';
    out += plain ? std::string(1, c) : escaped(c);
  }
  return out + "\"";
}

std::string literal(const OptionValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return literal(*text);
  if (const auto* number = std::get_if<double>(&value)) return literal(*number);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return literal(*whole);
  return literal(std::get<bool>(value));
}

std::string literal_key(const std::string& key) {
  constexpr std::string_view kBare = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  const bool bare = !key.empty() && key.find_first_not_of(kBare) == std::string::npos;
  return bare ? std::string(key) : literal(key);
}

std::string shown(const Tree& tree) {
  return std::visit(
      Overloaded{[](const Tree::Date&) { return std::string("a date or time"); },
                 [](const Tree::List&) { return std::string("[…]"); }, [](const Tree::Table&) { return std::string("{…}"); },
                 [](const std::string& text) { return literal(cut(text)); }, [](auto scalar) { return literal(scalar); }},
      tree.value);
}

std::string found(const Tree& tree) {
  if (std::holds_alternative<Tree::List>(tree.value)) return "found a list";
  if (std::holds_alternative<Tree::Table>(tree.value)) return "found a table";
  if (std::holds_alternative<std::string>(tree.value)) return "found the text " + shown(tree);
  return "found " + shown(tree);
}

}  // namespace graft::core
