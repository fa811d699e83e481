// Shows how far a comparison is, on standard error: on a terminal a line redrawn in place, elsewhere one now and then.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "apps/graft/progress.hpp"

namespace graft {

class ComparisonDisplay {
 public:
  ComparisonDisplay(ProgressKind kind, std::size_t runs) : kind_(kind), runs_(runs) {}
  ~ComparisonDisplay() { clear(); }
  ComparisonDisplay(const ComparisonDisplay&) = delete;
  ComparisonDisplay& operator=(const ComparisonDisplay&) = delete;

  // A run begins; `left`: how many are still to be run behind it.
  void begin(std::size_t number, const std::string& name, std::size_t left);
  void preparing(const std::string& what, std::int64_t done, std::int64_t of);
  void running(std::int64_t rounds, double done);
  // A line about it that stays; and the last such line, as it has ended.
  void say(const std::string& line);
  void end(const std::string& how);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  void show(const std::string& what);
  std::string left_text(double of_this) const;

  ProgressKind kind_;
  std::size_t runs_, left_ = 0;
  std::string name_{};
  bool drawn_ = false;
  double began_at_ = -1, total_s_ = 0, timed_ = 0;  // of this run, as a fraction; of whole runs, and how many
  Clock::time_point began_{}, shown_{};
};

}  // namespace graft
