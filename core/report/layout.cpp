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

// The last column's text, on lines below its row's other cells.
std::string aligned_above(std::size_t width, std::vector<Cells> rows, std::size_t columns, const std::vector<Align>& align,
                          std::size_t indent) {
  constexpr std::size_t kDeeper = 4;
  const auto room = width - std::min(width, indent + kDeeper);
  std::vector<std::string> below;
  for (auto& row : rows) {
    below.emplace_back();
    if (row.size() < columns) continue;
    for (const auto& line : wrapped(row.back(), room)) below.back() += std::string(indent + kDeeper, ' ') + line + "\n";
    row.pop_back();
  }
  std::istringstream heads(aligned(rows, align, indent));
  std::string text, head;
  for (std::size_t i = 0; std::getline(heads, head); ++i) text += head + "\n" + below[i];
  return text;
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

std::string aligned_within(std::size_t width, const std::vector<Cells>& rows, const std::vector<Align>& align, std::size_t indent) {
  constexpr std::size_t kLeast = 24;  // columns of the text
  const auto widths = widths_of(rows);
  std::size_t before = indent;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) before += widths[i] + 2;
  const bool numbers = align.size() >= widths.size() && align.back() == Align::right;
  const bool fits = widths.empty() || before + widths.back() <= width;
  if (fits || numbers) return aligned(rows, align, indent);
  if (width < before + kLeast) return aligned_above(width, rows, widths.size(), align, indent);
  std::vector<Cells> broken_rows;
  for (const auto& row : rows) {
    broken_rows.push_back(row);
    if (row.size() < widths.size() || shown_width(row.back()) + before <= width) continue;
    const auto lines = wrapped(row.back(), width - before);
    broken_rows.back().back() = lines.front();
    for (std::size_t i = 1; i < lines.size(); ++i) {
      broken_rows.emplace_back(row.size());
      broken_rows.back().back() = lines[i];
    }
  }
  return aligned(broken_rows, align, indent);
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
