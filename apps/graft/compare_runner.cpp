// Looks at the processes from time to time; nothing waits for one of them.
#include "apps/graft/compare_runner.hpp"

#include <sys/wait.h>

#include <utility>

#include "apps/graft/compare_end.hpp"
#include "apps/graft/compare_folder.hpp"
#include "apps/graft/compare_task.hpp"
#include "apps/graft/interrupt.hpp"
#include "core/base/text.hpp"

namespace graft {

namespace {

using core::Exit;
using core::RunState;
using core::StudyRun;
using nlohmann::json;

std::string end_text(const StudyRun& run, const json& end, const std::string& difference) {
  if (run.state == RunState::interrupted) return "interrupted";
  if (run.state == RunState::failed) return "failed: " + run.why;
  const auto accuracy = end.value("accuracy", "");
  const auto text = (accuracy.empty() ? "" : accuracy + ", ") + (end.at("end") == "kept" ? "done before" : "done");
  return difference.empty() ? text : text + ", in " + run.folder + ": " + difference;
}

}  // namespace

void StudyRunner::begin(std::size_t number, std::size_t of_variant, std::size_t of_run) {
  auto& run = results_.variants[of_variant].runs[of_run];
  const auto& variant = study_.variants[of_variant];
  const auto into = folder_of(results_.folder, variant.name, run.seed);
  run = {.seed = run.seed, .asked = true};
  jobs_.push_back({number, &run, process_for({variant.name, variant.tree, variant.folder, run.seed, into, sums_}, at_once_)});
}

bool StudyRunner::look() {
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    const auto status = job->process->ended();
    for (const auto& answer : job->process->take_answers()) read(answer, *job);
    if (listen_for_interrupts() && !std::exchange(job->asked, true)) job->process->interrupt();
    if (status) finish(*job, *status);
    job = status ? jobs_.erase(job) : std::next(job);
  }
  return std::exchange(news_, false);
}

void StudyRunner::finish(Job& job, int status) {
  const auto said = sorted(job.process->said());
  for (const auto& warning : said.warnings) {
    if (warned_.insert(warning).second) display_.say(job.number, warning);
  }
  auto& run = *job.run;
  if (job.end.is_null()) {
    const auto end = silent_end(status, said);
    run.state = job.asked && WIFSIGNALED(status) ? RunState::interrupted : RunState::failed;  // interrupted: before it could listen
    run.status = end.status;
    run.why = end.why;
  }
  news_ = true;
  display_.end(job.number, end_text(run, job.end, job.difference));
}

void StudyRunner::read(const json& answer, Job& job) {
  auto& run = *job.run;
  if (answer.contains("doing")) display_.preparing(job.number, answer.at("doing"), answer.at("done"), answer.at("of"));
  if (answer.contains("rounds")) display_.running(job.number, answer.at("rounds"), answer.at("done"));
  if (answer.contains("sums")) answer.at("sums").get_to(sums_);
  if (answer.contains("folder")) {
    run.folder = answer.at("folder");
    job.difference = answer.at("difference");
    news_ = true;
  }
  if (answer.contains("end")) {
    job.end = answer;
    run.state = RunState::done;
  }
  if (answer.contains("failed")) {
    job.end = answer;
    run.status = answer.at("status");
    run.state = run.status == int(Exit::interrupted) ? RunState::interrupted : RunState::failed;
    run.why = core::harmless(answer.at("failed").get<std::string>());
  }
}

}  // namespace graft
