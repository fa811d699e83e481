// An error at a place: its line, and below it a caret.
#include "core/manifest/source.hpp"

#include <string_view>

#include "core/base/text.hpp"

namespace graft::core {

namespace {

constexpr std::size_t kShown = 120;  // characters of a long line

std::vector<std::string_view> characters(std::string_view utf8) {
  std::vector<std::string_view> out;
  for (std::size_t begin = 0, end = 0; begin < utf8.size(); begin = end) {
    end = begin + 1;
    while (end < utf8.size() && (static_cast<unsigned char>(utf8[end]) & 0xc0) == 0x80) ++end;
    out.push_back(utf8.substr(begin, end - begin));
  }
  return out;
}

// The line around a column, and a caret below that column.
std::string shown_line(const std::string& line, std::size_t column) {
  const auto all = characters(line);
  const std::size_t from = column > kShown / 2 && all.size() > kShown ? column - kShown / 2 : 0;
  std::string text = "  ", below = "  ";
  for (std::size_t i = from; i < all.size() && i < from + kShown; ++i) {
    text += harmless(all[i]);
    if (i + 1 < column) below += all[i] == "\t" ? std::string("\t") : std::string(shown_width(all[i]), ' ');
  }
  return text + "\n" + below + "^";
}

}  // namespace

std::shared_ptr<const SourceText> source_text(const std::string& text, const std::string& name,
                                              const std::filesystem::path& folder) {
  SourceText source{name, {}, folder};
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  std::size_t begin = text.compare(0, kByteOrderMark.size(), kByteOrderMark) == 0 ? kByteOrderMark.size() : 0;
  while (begin <= text.size()) {
    const auto end = std::min(text.find('\n', begin), text.size());
    source.lines.push_back(text.substr(begin, end - begin));
    if (!source.lines.back().empty() && source.lines.back().back() == '\r') source.lines.back().pop_back();
    begin = end + 1;
  }
  return std::make_shared<const SourceText>(std::move(source));
}

Error error_at(const Place& place, const std::string& what, Exit status) {
  const auto line = harmless(what);
  if (!place.text) return Error(status, line);
  const auto& text = *place.text;
  if (text.name == kCommandLine) return Error(status, harmless(text.name + " " + joined(text.lines, " ") + ": ") + line);
  const auto where = text.name + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": ";
  const auto index = static_cast<std::size_t>(place.line - 1);
  const bool shown = index < text.lines.size() && !text.lines[index].empty();
  const auto more = shown ? shown_line(text.lines[index], static_cast<std::size_t>(place.column)) : "";
  return Error(status, harmless(where) + line, more);
}

}  // namespace graft::core
