// A reader of one line of Python's syntax.
#include "core/data/npy.hpp"

#include <cctype>
#include <charconv>
#include <string_view>

namespace graft::core {

namespace {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool take(std::string_view word) {
    skip_space();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  std::optional<std::string> quoted() {
    if (!take("'")) return {};
    const auto end = rest_.find('\'');
    if (end == std::string_view::npos) return {};
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return text;
  }

  std::optional<std::int64_t> number() {
    skip_space();
    std::int64_t value = 0;
    const auto [end, failure] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (failure != std::errc() || value < 0) return {};
    rest_.remove_prefix(std::size_t(end - rest_.data()));
    return value;
  }

  bool ended() {
    skip_space();
    return rest_.empty();
  }

 private:
  void skip_space() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0) rest_.remove_prefix(1);
  }
  std::string_view rest_;
};

bool read_shape(Cursor& cursor, std::vector<std::int64_t>& shape) {
  if (!cursor.take("(")) return false;
  while (!cursor.take(")")) {
    const auto side = cursor.number();
    if (!side) return false;
    shape.push_back(*side);
    if (cursor.take(",")) continue;
    return cursor.take(")");
  }
  return true;
}

bool read_value(Cursor& cursor, const std::string& key, NpyHeader& header) {
  if (key == "shape") return read_shape(cursor, header.shape);
  if (key == "fortran_order") {
    header.fortran = cursor.take("True");
    return header.fortran || cursor.take("False");
  }
  const auto type = key == "descr" ? cursor.quoted() : std::nullopt;
  if (type) header.type = *type;
  return type.has_value();
}

}  // namespace

double NpyHeader::elements() const {
  double product = 1;
  for (const auto side : shape) product *= double(side);
  return product;
}

std::optional<NpyHeader> parse_npy_header(const std::string& text) {
  Cursor cursor(text);
  NpyHeader header;
  if (!cursor.take("{")) return {};
  int keys = 0;
  for (; !cursor.take("}"); ++keys) {
    const auto key = cursor.quoted();
    if (!key || !cursor.take(":") || !read_value(cursor, *key, header)) return {};
    cursor.take(",");
  }
  return keys == 3 && cursor.ended() && !header.type.empty() ? std::optional(header) : std::nullopt;
}

std::optional<NpyInteger> npy_integer(const std::string& type) {
  const bool ordered = !type.empty() && std::string_view("<>|=").find(type[0]) != std::string_view::npos;
  const std::string kind = type.substr(ordered ? 1 : 0);
  if (kind.size() != 2 || (kind[0] != 'i' && kind[0] != 'u')) return {};
  const std::int64_t bytes = kind[1] - '0';
  if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) return {};
  return NpyInteger{bytes, kind[0] == 'i', type[0] == '>'};
}

std::optional<std::int64_t> NpyInteger::value(const unsigned char* at) const {
  std::uint64_t bits = 0;
  for (std::int64_t i = 0; i < bytes; ++i) bits = bits << 8 | at[big_endian ? i : bytes - 1 - i];
  if (!has_sign) return bits >> 63 == 0 ? std::optional(std::int64_t(bits)) : std::nullopt;
  const auto unused = 64 - 8 * bytes;
  return std::int64_t(bits << unused) >> unused;
}

}  // namespace graft::core
