// Text in columns, for terminals: what tables and lists are put together from.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace graft::core {

enum class Align { left, right };
using Cells = std::vector<std::string>;  // of a row, UTF-8; rows may have fewer cells than others

// A line a row, `indent` blanks before it and none at its end; cells stand two blanks apart, each as wide as its column. Columns
// beyond `align` stand left.
std::string aligned(const std::vector<Cells>& rows, const std::vector<Align>& align, std::size_t indent = 0);

// The same, where the last column is text: its words are broken before they would reach beyond `width` columns; where the other
// columns leave hardly any room, it stands below them, but for numbers.
std::string aligned_within(std::size_t width, const std::vector<Cells>& rows, const std::vector<Align>& align,
                           std::size_t indent = 0);

// Words, broken before one that would reach beyond `width` columns; a longer word has a line of its own.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);

// Parts with a comma between them, broken before a part that would reach beyond `width` columns.
std::vector<std::string> broken(const std::vector<std::string>& parts, std::size_t width);

}  // namespace graft::core
