// The check that a text is UTF-8, as TOML demands.
#include "core/manifest/tree.hpp"

namespace graft::core {

namespace {

// How many bytes the UTF-8 character at the start of `text` takes; 0: it is none.
std::size_t character_at(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool beyond = (first == 0xed && byte(1) > 0x9f) || (first == 0xf4 && byte(1) > 0x8f);
  return overlong || beyond ? 0 : size;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto size = character_at(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

void check_utf8(std::string_view text, const std::shared_ptr<const SourceText>& source) {
  Place at{source, 1, 1};
  while (!text.empty()) {
    const auto size = character_at(text);
    if (size == 0) throw error_at(at, "not UTF-8 text");
    if (text.front() == '\n') at = {source, at.line + 1, 0};
    ++at.column;
    text.remove_prefix(size);
  }
}

}  // namespace graft::core
