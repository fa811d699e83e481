// What a terminal can show: width, redrawing, colour.
#pragma once
#include <cstddef>
#include <string>

namespace graft {

bool is_terminal(int descriptor);
bool can_redraw(int descriptor);  // a terminal that knows more than to go on to the next line
bool can_colour(int descriptor);  // one that can redraw, where NO_COLOR is not set (no-color.org)

// Columns: the terminal's, else 80.
std::size_t terminal_width(int descriptor);

// Of a line on standard error that is redrawn in place: the last columns stay free, for the ^C that a terminal shows, and because
// some wrap once the last is written to.
std::size_t redrawn_width();
void write_error(const std::string& text);

}  // namespace graft
