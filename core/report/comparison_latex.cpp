// A comparison as tables of LaTeX with booktabs' rules.
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "core/base/text.hpp"
#include "core/report/comparison_notes.hpp"
#include "core/report/comparison_table.hpp"
#include "core/report/comparison_text.hpp"

namespace graft::core {

namespace {

// What LaTeX would obey or draw together, and what its fonts may lack. A row that begins with [ or * would be taken for an option
// of the one above.
constexpr std::array<std::pair<std::string_view, std::string_view>, 21> kSigns{{{"\\", "\\textbackslash{}"},
                                                                                {"~", "\\textasciitilde{}"},
                                                                                {"^", "\\textasciicircum{}"},
                                                                                {"<", "$<$"},
                                                                                {">", "$>$"},
                                                                                {"|", "$|$"},
                                                                                {"&", "\\&"},
                                                                                {"%", "\\%"},
                                                                                {"$", "\\$"},
                                                                                {"#", "\\#"},
                                                                                {"_", "\\_"},
                                                                                {"{", "\\{"},
                                                                                {"}", "\\}"},
                                                                                {"[", "{[}"},
                                                                                {"*", "{*}"},
                                                                                {"±", "$\\pm$"},
                                                                                {"×", "$\\times$"},
                                                                                {"…", "\\dots{}"},
                                                                                {"−", "$-$"},
                                                                                {"\"", "''"},
                                                                                {"--", "-{}-"}}};

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t length = 1;
    auto word = text.substr(0, 1);
    for (const auto& [sign, latex] : kSigns) {
      if (!text.starts_with(sign)) continue;
      length = sign.size();
      word = latex;
    }
    out += word;
    text.remove_prefix(length);
  }
  return out;
}

// A minus is no hyphen: "-0.61", "[-2.73, -1.30]".
std::string with_minus(const std::string& number) {
  std::string out;
  for (std::size_t i = 0; i < number.size(); ++i) {
    const bool minus = number[i] == '-' && i + 1 < number.size() && std::isdigit(static_cast<unsigned char>(number[i + 1])) != 0;
    out += minus ? "−" : std::string(1, number[i]);
  }
  return out;
}

std::string latex_row(const Cells& cells) {
  Cells words;
  for (const auto& cell : cells) words.push_back(escaped(cell));
  return "  " + joined(words, " & ") + " \\\\\n";
}

// Heads above units.
std::string tabular(TableColumns columns) {
  std::string align;
  for (auto& column : columns) {
    align += column.align == Align::right ? 'r' : 'l';
    if (column.align != Align::right) continue;
    for (auto& cell : column.cells) cell = with_minus(cell);
  }
  auto text = "\\begin{tabular}{" + align + "}\n  \\toprule\n";
  const auto rows = rows_of(columns);
  for (std::size_t i = 0; i < rows.size(); ++i) text += (i == 2 ? "  \\midrule\n" : "") + latex_row(rows[i]);
  return text + "  \\bottomrule\n\\end{tabular}\n";
}

}  // namespace

std::string comparison_latex(const Comparison& comparison) {
  auto text = "% " + harmless(comparison.results.name) + ": " + comparison_title(comparison) + "; needs \\usepackage{booktabs}\n";
  for (const auto& note : comparison_notes(comparison)) text += "% " + note + "\n";
  for (auto& [title, columns] : paper_tables(comparison)) text += "\n% " + title + "\n" + tabular(std::move(columns));
  return text;
}

}  // namespace graft::core
