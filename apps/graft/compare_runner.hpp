// Runs of a study, one after the other, each in a process of its own: what it answers, and how it ends.
#pragma once
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "apps/graft/compare_progress.hpp"
#include "core/data/file_sums.hpp"
#include "core/manifest/study.hpp"
#include "core/report/comparison.hpp"

namespace graft {

class StudyRunner {
 public:
  // All three are there for as long as this is.
  StudyRunner(const core::Study& study, core::StudyResults& results, ComparisonDisplay& display)
      : study_(study), results_(results), display_(display) {}

  // Until it is done, has failed, or was interrupted, as the results then say.
  void run(std::size_t of_variant, std::size_t of_run);

 private:
  void read(const std::vector<std::string>& lines, core::StudyRun& run);
  void read(const nlohmann::json& answer, core::StudyRun& run);

  const core::Study& study_;
  core::StudyResults& results_;
  ComparisonDisplay& display_;
  core::KnownSums sums_{};
  std::set<std::string> warned_{};  // of what any of them warned of: each once
  nlohmann::json end_{};            // of the run that goes on: its last answer
  std::string difference_{};
};

}  // namespace graft
