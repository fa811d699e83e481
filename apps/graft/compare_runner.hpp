// Runs of a study, several at once where it is asked for, each in a process of its own: what it answers, and how it ends.
#pragma once
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "apps/graft/compare_progress.hpp"
#include "core/base/child_process.hpp"
#include "core/data/file_sums.hpp"
#include "core/manifest/study.hpp"
#include "core/report/comparison.hpp"

namespace graft {

class StudyRunner {
 public:
  // All three are there for as long as this is. So many runs go on at once, at most.
  StudyRunner(const core::Study& study, core::StudyResults& results, ComparisonDisplay& display, std::size_t at_once)
      : study_(study), results_(results), display_(display), at_once_(at_once) {}

  // Starts a run, known to the display by its number.
  void begin(std::size_t number, std::size_t of_variant, std::size_t of_run);
  // Looks at those that go on, which end as soon as somebody interrupts. Returns whether the results say more than before: where a
  // run lies, that it is done, has failed, or was interrupted.
  bool look();
  std::size_t running() const { return jobs_.size(); }

 private:
  struct Job {
    std::size_t number = 0;
    core::StudyRun* run = nullptr;
    std::unique_ptr<core::ChildProcess> process{};
    bool asked = false;    // to end
    nlohmann::json end{};  // its last answer
    std::string difference{};
  };
  void read(const nlohmann::json& answer, Job& job);
  void finish(Job& job, int status);

  const core::Study& study_;
  core::StudyResults& results_;
  ComparisonDisplay& display_;
  std::size_t at_once_;
  core::KnownSums sums_{};
  std::set<std::string> warned_{};  // of what any of them warned of: each once
  std::vector<Job> jobs_{};
  bool news_ = false;
};

}  // namespace graft
