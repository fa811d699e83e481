// What a run says of its progress: a bar that fits a terminal's width, or a line a round.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace graft::core {

struct Standing {
  std::int64_t round = 0, rounds = 0;         // from 1
  double done = 0;                            // of the whole run, 0..1
  std::optional<double> accuracy, deviation;  // fractions, of the last scoring; none: not scored yet, or nothing to score
  double images_per_s = 0;                    // 0: not known yet
  double left_s = -1;                         // negative: not known yet
};

// At most `width` columns; what has no room is left out: first the speed, then the bar, the accuracy, the time left.
std::string progress_bar(const Standing& now, std::size_t width);
std::string progress_line(const Standing& now);
std::string bar_text(double done, std::size_t columns);  // done: 0..1

}  // namespace graft::core
