// Help texts, as wide as the terminal.
#pragma once
#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11 is named so
class App;
}

namespace graft {

// Columns for help: the terminal's, within reason.
std::size_t help_width();

// Of a verb: what it does, how it is called, what it takes; its footer is its examples, a line each, indented.
std::string help_text(const CLI::App& app);

}  // namespace graft
