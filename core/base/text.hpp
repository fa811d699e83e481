// Words for people: the nearest known name, quantities with units, lists.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace graft::core {

// The candidate nearest to `word` by edit distance (transpositions count one), or "" where none is near enough to be meant.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
// ", did you mean 'rounds'?" or "".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

std::string harmless(std::string_view text);    // what a terminal would obey, new lines too, as blanks; tabs stay
std::string csv_cell(const std::string& text);  // quoted where it must be
std::string joined(const std::vector<std::string>& words, std::string_view between = ", ");
std::string bytes_text(double bytes);                               // "20.7 MiB"
std::string count_text(double count);                               // "1,774,464"
std::string many_text(std::int64_t count, const std::string& one);  // "1 client", "1,200 clients"
std::string seconds_text(double seconds);                           // "0.8 s", "3 min 20 s", "2 h 05 min"
std::size_t shown_width(std::string_view utf8);                     // columns on a terminal
std::string cut_to(std::string utf8, std::size_t width);            // its longest beginning of at most so many columns

}  // namespace graft::core
