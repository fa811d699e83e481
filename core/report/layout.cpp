// Pads by the columns that a terminal shows, not by bytes.
#include "core/report/layout.hpp"

#include <algorithm>
#include <sstream>

#include "core/base/text.hpp"

namespace graft::core {

namespace {

std::vector<std::size_t> widths_of(const std::vector<Cells>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], shown_width(row[i]));
  }
  return widths;
}

}  // namespace

std::string aligned(const std::vector<Cells>& rows, const std::vector<Align>& align, std::size_t indent) {
  const auto widths = widths_of(rows);
  std::string text;
  for (const auto& row : rows) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - shown_width(row[i]), ' ');
      const bool right = i < align.size() && align[i] == Align::right;
      line += (i == 0 ? "" : "  ") + (right ? padding + row[i] : row[i] + padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const bool fits = !lines.empty() && shown_width(lines.back()) + 1 + shown_width(word) <= width;
    if (fits) lines.back() += " " + word;
    if (!fits) lines.push_back(word);
  }
  return lines;
}

std::vector<std::string> broken(const std::vector<std::string>& parts, std::size_t width) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = parts[i] + (i + 1 < parts.size() ? "," : "");
    const bool fits = !lines.empty() && shown_width(lines.back()) + 1 + shown_width(part) <= width;
    if (fits) lines.back() += " " + part;
    if (!fits) lines.push_back(part);
  }
  return lines;
}

}  // namespace graft::core
