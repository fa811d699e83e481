// Puts a bar together from parts, dropping those that have no room.
#include "core/report/progress_text.hpp"

#include <algorithm>
#include <vector>

#include "core/base/text.hpp"

namespace graft::core {

namespace {

constexpr std::size_t kShortest = 8, kLongest = 30;  // columns of the bar itself

std::string percent(double fraction) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", 100 * fraction);
  return text;
}

std::string round_text(const Standing& now) { return "round " + std::to_string(now.round) + "/" + std::to_string(now.rounds); }

std::string accuracy_text(const Standing& now) {
  return now.accuracy ? percent(*now.accuracy) + " ± " + percent(now.deviation.value_or(0)) + " %" : "";
}

std::string speed_text(const Standing& now) { return now.images_per_s > 0 ? count_text(now.images_per_s) + " images/s" : ""; }

std::string left_text(const Standing& now) { return now.left_s >= 0 ? seconds_text(now.left_s) + " left" : ""; }

// Parts that say something, two blanks apart.
std::string together(const std::vector<std::string>& parts) {
  std::vector<std::string> said;
  std::copy_if(parts.begin(), parts.end(), std::back_inserter(said), [](const std::string& part) { return !part.empty(); });
  return joined(said, "  ");
}

}  // namespace

std::string bar_text(double done, std::size_t columns) {
  const auto full = std::min(columns, static_cast<std::size_t>(std::max(0.0, done) * double(columns)));
  std::string text;
  for (std::size_t i = 0; i < columns; ++i) text += i < full ? "█" : "░";
  return text;
}

std::string progress_bar(const Standing& now, std::size_t width) {
  const auto round = round_text(now), accuracy = accuracy_text(now), speed = speed_text(now), left = left_text(now);
  const auto with_bar = [&](const std::string& fast) {
    const auto others = shown_width(together({round, accuracy, fast, left})) + 2;
    const auto room = width > others ? width - others : 0;
    return room < kShortest ? "" : together({round, bar_text(now.done, std::min(room, kLongest)), accuracy, fast, left});
  };
  for (const auto& text : {with_bar(speed), with_bar(""), together({round, accuracy, left}), together({round, left}), round}) {
    if (!text.empty() && shown_width(text) <= width) return text;
  }
  return "";
}

std::string progress_line(const Standing& now) {
  const auto accuracy = accuracy_text(now);
  std::vector<std::string> parts;
  if (!accuracy.empty()) parts.push_back("accuracy " + accuracy);
  for (const auto& text : {speed_text(now), left_text(now)}) {
    if (!text.empty()) parts.push_back(text);
  }
  return round_text(now) + (parts.empty() ? "" : ": " + joined(parts));
}

}  // namespace graft::core
