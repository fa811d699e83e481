// Shows how far a run is, on standard error: a bar redrawn in place on a terminal, a line a round elsewhere.
#pragma once
#include <chrono>

#include "core/report/progress_text.hpp"
#include "core/rounds/rounds.hpp"

namespace graft {

class ProgressDisplay {
 public:
  enum class Kind { none, lines, bar };
  ProgressDisplay(Kind kind, std::int64_t rounds, std::int64_t rounds_done);
  ~ProgressDisplay();  // takes the bar away
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  void tell(const core::Progress& progress);

 private:
  void draw();

  using Clock = std::chrono::steady_clock;
  Kind kind_;
  double began_at_;  // the part of the whole run that was done before
  core::Standing now_;
  Clock::time_point started_ = Clock::now(), drawn_;
};

}  // namespace graft
