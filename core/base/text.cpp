// Words for people, spelled the same in every locale.
#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>

namespace graft::core {

namespace {

std::string formatted(const char* format, double number) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, number);
  return text.data();
}

std::string two_digits(std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Edit distance in which a swap of two neighbours counts one (optimal string alignment).
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.size() > 256) return "";
  const auto wanted = lower(word);
  std::size_t allowed = std::max<std::size_t>(1, (wanted.size() + 2) / 3) + 1;  // one more than may differ
  std::string best;
  for (const auto& candidate : candidates) {
    const auto near = distance(wanted, lower(candidate));
    if (near >= allowed || near >= std::max(wanted.size(), candidate.size())) continue;
    allowed = near;
    best = candidate;
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto near = nearest(word, candidates);
  return near.empty() ? "" : ", did you mean '" + near + "'?";
}

std::string harmless(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) c = ' ';
  }
  return out;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) text.append(i == 0 ? "" : between).append(words[i]);
  return text;
}

std::string bytes_text(double bytes) {
  constexpr std::array kUnits{"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (std::abs(bytes) < 1023.5) return formatted("%.0f B", bytes);
  std::size_t unit = 0;
  for (bytes /= 1024; std::abs(bytes) >= 1023.95 && unit + 1 < kUnits.size(); ++unit) bytes /= 1024;
  return formatted("%.1f ", bytes) + kUnits[unit];
}

std::string many_text(std::int64_t count, const std::string& one) {
  return count_text(double(count)) + " " + one + (count == 1 ? "" : "s");
}

std::string count_text(double count) {
  std::string digits = formatted("%.0f", std::abs(count));
  if (!std::isfinite(count)) return digits;
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  if (count <= -0.5) digits.insert(0, "-");
  return digits;
}

std::string seconds_text(double seconds) {
  if (!(seconds < 1e12)) return "?";
  if (seconds < 59.95) return formatted("%.1f s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 3600) return std::to_string(whole / 60) + " min " + two_digits(whole % 60) + " s";
  const auto minutes = static_cast<std::int64_t>(std::llround(seconds / 60));
  return std::to_string(minutes / 60) + " h " + two_digits(minutes % 60) + " min";
}

// Columns are counted as one a character, none for a combining mark: enough for the tables and names that are shown here.
std::size_t shown_width(std::string_view utf8) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    const auto follows = i + 1 < utf8.size() ? static_cast<unsigned char>(utf8[i + 1]) : 0;
    const bool continues = (byte & 0xc0) == 0x80;
    const bool combines = byte == 0xcc || (byte == 0xcd && follows < 0xb0);  // U+0300 to U+036F
    width += !continues && !combines;
  }
  return width;
}

std::string cut_to(std::string utf8, std::size_t width) {
  while (shown_width(utf8) > width) {
    while (!utf8.empty() && (static_cast<unsigned char>(utf8.back()) & 0xc0) == 0x80) utf8.pop_back();
    if (!utf8.empty()) utf8.pop_back();
  }
  return utf8;
}

}  // namespace graft::core
