// Tables for people: two header lines, the second with the units.
#include "core/report/comparison_text.hpp"

#include <algorithm>
#include <array>

#include "core/base/text.hpp"
#include "core/report/comparison_notes.hpp"
#include "core/report/comparison_table.hpp"

namespace graft::core {

namespace {

constexpr std::size_t kNarrowest = 40, kShortest = 8, kIndent = 2;  // columns; kShortest: of a name

std::size_t width_of(const TableColumn& column) {
  auto width = std::max(shown_width(column.head), shown_width(column.unit));
  for (const auto& cell : column.cells) width = std::max(width, shown_width(cell));
  return width;
}

std::size_t width_of(const TableColumns& columns) {
  std::size_t width = kIndent;
  for (const auto& column : columns) width += width_of(column) + 2;
  return width - 2;
}

// Cut where it has more columns, and then with a … at its end.
std::string shortened_to(const std::string& text, std::size_t width) {
  return shown_width(text) <= width ? text : cut_to(text, width - 1) + "…";
}

// Names are cut to a third of the width, then columns are left out, then names cut to what is left.
TableColumns fitted(TableColumns columns, std::size_t width) {
  auto& names = columns.front();
  const auto cut = [&](std::size_t most) {
    for (auto& name : names.cells) name = shortened_to(name, most);
  };
  if (width_of(columns) > width) cut(std::max(kShortest, width / 3));
  while (width_of(columns) > width) {
    const auto last = std::ranges::max_element(columns, {}, &TableColumn::rank);
    if (last->rank == 0) break;
    columns.erase(last);
  }
  const auto all = width_of(columns), of_names = width_of(columns.front());
  if (all > width) cut(std::max(kShortest, of_names - std::min(of_names, all - width)));
  return columns;
}

std::string table_text(const TableColumns& columns) {
  std::vector<Align> align;
  for (const auto& column : columns) align.push_back(column.align);
  return aligned(rows_of(columns), align, kIndent);
}

// As many groups of columns beside each other as there is room for, the names before each block.
std::vector<TableColumns> blocks_of(const Comparison& comparison, std::size_t width) {
  std::vector<TableColumns> blocks{{name_column(comparison)}};
  const std::array groups{accuracy_columns(comparison), difference_columns(comparison.last), cost_columns(comparison),
                          relative_columns(comparison)};
  for (const auto& group : groups) {
    if (group.empty()) continue;
    auto longer = blocks.back();
    longer.insert(longer.end(), group.begin(), group.end());
    if (width_of(longer) > width && blocks.back().size() > 1) {
      blocks.push_back({name_column(comparison)});
      longer = blocks.back();
      longer.insert(longer.end(), group.begin(), group.end());
    }
    blocks.back() = std::move(longer);
  }
  if (blocks.back().size() == 1) blocks.pop_back();
  return blocks;
}

// What Markdown, or HTML in it, would obey.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool obeyed = std::string_view("\\`*_{}[]<>()#+!|~&$").find(c) != std::string_view::npos;
    out += obeyed ? std::string("\\") + c : std::string(1, c);
  }
  return out;
}

std::string markdown_row(const Cells& cells) { return "| " + joined(cells, " | ") + " |\n"; }

std::string markdown_table(const TableColumns& columns) {
  Cells heads, rules;
  for (const auto& column : columns) {
    heads.push_back(column.head + (column.unit.empty() ? "" : ", " + column.unit));
    rules.emplace_back(column.align == Align::right ? "---:" : "---");
  }
  auto text = markdown_row(heads) + markdown_row(rules);
  for (std::size_t i = 0; i < columns.front().cells.size(); ++i) {
    Cells cells;
    for (const auto& column : columns) cells.push_back(escaped(column.cells[i]));
    text += markdown_row(cells);
  }
  return text;
}

}  // namespace

std::string comparison_text(const Comparison& comparison, const TableStyle& style) {
  const auto width = std::max(style.width, kNarrowest);
  const auto blocks = blocks_of(comparison, width);
  const auto& name = comparison.results.name;
  auto text = joined(wrapped(harmless(name) + ": " + comparison_title(comparison), width), "\n") + "\n";
  if (style.bold) text = "\x1b[1m" + text.insert(std::min(text.size(), name.size()), "\x1b[0m");
  std::size_t rule = std::min<std::size_t>(width, 80);
  for (const auto& block : blocks) rule = std::max(rule, std::min(width, width_of(block)));
  for (std::size_t i = 0; i < rule; ++i) text += "─";
  text += "\n";
  for (const auto& block : blocks) text += table_text(fitted(block, width)) + "\n";
  for (const auto& note : comparison_notes(comparison)) {
    std::string before(kIndent, ' ');
    for (const auto& line : wrapped(note, width - kIndent - 2)) {
      text += before + line + "\n";
      before = std::string(kIndent + 2, ' ');
    }
  }
  return text + "  in " + comparison.results.folder + "\n  comparison.html there is its page\n";
}

std::string comparison_markdown(const Comparison& comparison) {
  std::string text = "# " + escaped(comparison.results.name) + "\n\n" + escaped(comparison_title(comparison)) + "\n\n";
  for (const auto& [title, columns] : paper_tables(comparison)) text += title + ":\n\n" + markdown_table(columns) + "\n";
  for (const auto& note : comparison_notes(comparison)) text += "- " + escaped(note) + "\n";
  return text;
}

}  // namespace graft::core
