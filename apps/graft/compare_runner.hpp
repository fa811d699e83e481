// Runs of a study, several at once where it is asked for, each in a process of its own: what it answers, and how it ends.
#pragma once
#include <list>
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
  // All three are there for as long as this is.
  StudyRunner(const core::Study& study, core::StudyResults& results, ComparisonDisplay& display)
      : study_(study), results_(results), display_(display) {}

  // Starts a run, known to the display by its number. `threads`: how many it may use; 0: as many as there are.
  void begin(std::size_t number, std::size_t of_variant, std::size_t of_run, std::size_t threads);
  // Looks at those that go on, which end as soon as somebody interrupts. Returns whether one has ended: it is done, has failed, or
  // was interrupted, as the results then say.
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
  void read(const std::vector<std::string>& lines, Job& job);
  void read(const nlohmann::json& answer, Job& job);
  void finish(Job& job, int status);

  const core::Study& study_;
  core::StudyResults& results_;
  ComparisonDisplay& display_;
  core::KnownSums sums_{};
  std::set<std::string> warned_{};  // of what any of them warned of: each once
  std::list<Job> jobs_{};
};

}  // namespace graft
