// Shows how far a comparison is, on standard error: on a terminal a line redrawn in place, elsewhere one now and then.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "apps/graft/progress.hpp"

namespace graft {

class ComparisonDisplay {
 public:
  // `slots`: how many runs go on at once.
  ComparisonDisplay(ProgressKind kind, std::size_t runs, std::size_t slots) : kind_(kind), runs_(runs), slots_(slots) {}
  ~ComparisonDisplay() { clear(); }
  ComparisonDisplay(const ComparisonDisplay&) = delete;
  ComparisonDisplay& operator=(const ComparisonDisplay&) = delete;

  // A run begins, by its number, from 1; `left`: how many are still to be run behind it.
  void begin(std::size_t number, const std::string& name, std::size_t left);
  void preparing(std::size_t number, const std::string& what, std::int64_t done, std::int64_t of);
  void running(std::size_t number, std::int64_t rounds, double done);
  // A line about it that stays; and the last such line, as it has ended.
  void say(std::size_t number, const std::string& line);
  void end(std::size_t number, const std::string& how);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  struct Job {
    std::string name, doing{};
    double began_at = -1, part = 0;  // of this run, as fractions
    Clock::time_point began{};
  };
  void show();
  std::string shown_text(std::size_t width) const;
  std::string left_text() const;
  std::string title(std::size_t number) const;

  ProgressKind kind_;
  std::size_t runs_, slots_, left_ = 0, ended_ = 0;
  std::map<std::size_t, Job> jobs_{};  // that go on, by number
  bool drawn_ = false;
  double total_s_ = 0, timed_ = 0;  // of whole runs, and how many
  Clock::time_point shown_{};
};

}  // namespace graft
