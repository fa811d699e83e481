// Times of a variant's further seeds are taken from its first, by the rounds that are left.
#include "apps/graft/compare_outlook.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/graft/compare_end.hpp"
#include "apps/graft/compare_folder.hpp"
#include "apps/graft/compare_task.hpp"
#include "apps/graft/interrupt.hpp"
#include "core/base/child_process.hpp"
#include "core/base/text.hpp"

namespace graft {

namespace {

using core::Error;
using core::Exit;
using core::RunOutlook;
using nlohmann::json;

// The last answer; what of files it has read is added to the sums.
json answer_of(core::ChildProcess& process, core::KnownSums& sums) {
  json last;
  const auto read = [&] {
    for (const auto& answer : process.take_answers()) {
      if (answer.contains("sums")) answer.at("sums").get_to(sums);
      if (answer.contains("state") || answer.contains("failed")) last = answer;
    }
  };
  auto status = process.ended();
  for (; !status; status = process.ended()) {
    read();
    if (listen_for_interrupts()) throw Error(Exit::interrupted, "interrupted; nothing was changed");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  read();
  if (!last.is_null()) return last;
  const auto end = silent_end(*status, sorted(process.said()));
  return {{"failed", end.why}, {"status", end.status}};
}

RunOutlook outlook_of(RunOutlook run, const json& answer) {
  if (answer.contains("failed")) {
    run.state = "fails";
    run.status = answer.at("status");
    run.why = core::harmless(answer.at("failed").get<std::string>());
    return run;
  }
  run.state = answer.at("state");
  run.round = answer.at("round");
  run.rounds = answer.at("rounds");
  if (answer.contains("seconds")) run.seconds = answer.at("seconds").get<double>();
  return run;
}

}  // namespace

core::StudyOutlook look_ahead(const core::Study& study, const core::StudyResults& results, std::size_t jobs) {
  core::StudyOutlook outlook{results.name, results.folder, jobs, {}};
  core::KnownSums sums;
  listen_for_interrupts();
  for (const auto& variant : study.variants) {
    double a_round = -1;  // seconds, of this variant
    for (const auto seed : variant.seeds) {
      const auto into = folder_of(results.folder, variant.name, seed);
      const auto ask = a_round < 0 ? Ask::time : Ask::state;
      const auto process = process_for({variant.name, variant.tree, variant.folder, seed, into, sums, ask}, jobs);
      auto run = outlook_of({variant.name, seed}, answer_of(*process, sums));
      const auto left = double(run.rounds - run.round);
      if (run.seconds && left > 0) a_round = *run.seconds / left;
      if (!run.seconds && a_round >= 0 && (run.state == "begins" || run.state == "goes on")) run.seconds = a_round * left;
      outlook.runs.push_back(std::move(run));
    }
  }
  return outlook;
}

}  // namespace graft
