// Shows how far a run is, on standard error: a bar redrawn in place on a terminal, a line a round elsewhere.
#pragma once
#include <chrono>

#include "core/report/progress_text.hpp"
#include "core/rounds/rounds.hpp"

namespace graft {

enum class ProgressKind { none, lines, bar };

// Before a run: what takes longer than a moment.
class PreparationDisplay {
 public:
  explicit PreparationDisplay(ProgressKind kind) : kind_(kind) {}
  ~PreparationDisplay() { clear(); }
  PreparationDisplay(const PreparationDisplay&) = delete;
  PreparationDisplay& operator=(const PreparationDisplay&) = delete;

  void tell(const std::string& what, std::int64_t done, std::int64_t of);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  ProgressKind kind_;
  std::string said_;  // as lines: what was begun
  bool drawn_ = false;
  Clock::time_point started_ = Clock::now(), last_ = started_;
};

class ProgressDisplay {
 public:
  using Kind = ProgressKind;
  ProgressDisplay(Kind kind, std::int64_t rounds, std::int64_t rounds_done);
  ~ProgressDisplay();  // takes the bar away
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  void tell(const core::Progress& progress);
  std::string line() const;  // of the round that was whole last; its accuracy where it was scored

 private:
  void draw();

  using Clock = std::chrono::steady_clock;
  Kind kind_;
  double began_at_;  // the part of the whole run that was done before
  core::Standing now_;
  bool scored_ = false;  // the round that was whole last
  Clock::time_point started_ = Clock::now(), drawn_;
};

}  // namespace graft
