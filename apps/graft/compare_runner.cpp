// A process that ends without its last answer is judged by how it ended and by what it printed.
#include "apps/graft/compare_runner.hpp"

#include <sys/wait.h>

#include <csignal>
#include <cstring>
#include <sstream>
#include <utility>

#include "apps/graft/compare_task.hpp"
#include "apps/graft/interrupt.hpp"
#include "core/base/text.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;
using core::Exit;
using core::RunState;
using core::StudyRun;
using nlohmann::json;

// What a process printed.
struct Said {
  std::vector<std::string> warnings{};
  std::string of_plugin{};  // the watch's line, without what it says of checkpoints; "" where there is none
  std::string last{};       // of the other lines
};

Said sorted(const std::string& text) {
  Said said;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("warning: ")) {
      said.warnings.push_back(core::harmless(line));
      continue;
    }
    if (line.starts_with("plugin '")) said.of_plugin = core::harmless(line);
    if (!line.empty()) said.last = core::harmless(line);
  }
  for (const auto* rest : {"; the checkpoint after round ", "; no checkpoint was written yet"}) {
    said.of_plugin = said.of_plugin.substr(0, said.of_plugin.rfind(rest));
  }
  return said;
}

// Of a process that ended without an answer.
void judge_silent(StudyRun& run, int status, const Said& said) {
  run.state = RunState::failed;
  run.status = int(Exit::failed);
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    const auto* const name = sigabbrev_np(number);
    run.why = "the process was ended by " + (name != nullptr ? "SIG" + std::string(name) : "signal " + std::to_string(number)) +
              (number == SIGKILL ? ", as the system does where memory runs out" : "");
    return;
  }
  const int code = WEXITSTATUS(status);
  if (code == int(Exit::plugin)) run.status = code;
  run.why = said.of_plugin.empty() ? said.last : said.of_plugin;
  if (run.why.empty()) run.why = "the process ended by itself, with status " + std::to_string(code);
}

std::string end_text(const StudyRun& run, const json& end, const std::string& difference) {
  if (run.state == RunState::interrupted) return "interrupted";
  if (run.state == RunState::failed) return "failed: " + run.why;
  const auto accuracy = end.value("accuracy", "");
  const auto text = (accuracy.empty() ? "" : accuracy + ", ") + (end.at("end") == "kept" ? "done before" : "done");
  return difference.empty() ? text : text + ", in " + run.folder + ": " + difference;
}

}  // namespace

void StudyRunner::begin(std::size_t number, std::size_t of_variant, std::size_t of_run, std::size_t threads) {
  auto& run = results_.variants[of_variant].runs[of_run];
  const auto& variant = study_.variants[of_variant];
  const auto into = fs::path(results_.folder) / (variant.name + "-seed-" + std::to_string(run.seed));
  std::vector<std::string> set;
  if (threads > 0) set.push_back("OMP_NUM_THREADS=" + std::to_string(threads));
  run = {.seed = run.seed, .asked = true};
  const auto task = to_bytes({variant.name, variant.tree, variant.folder, run.seed, into, sums_});
  jobs_.push_back({number, &run, std::make_unique<core::ChildProcess>(std::vector<std::string>{"compare"}, set, task)});
}

bool StudyRunner::look() {
  const auto before = jobs_.size();
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    const auto status = job->process->ended();
    read(job->process->take_lines(), *job);
    if (listen_for_interrupts() && !std::exchange(job->asked, true)) job->process->interrupt();
    if (status) finish(*job, *status);
    job = status ? jobs_.erase(job) : std::next(job);
  }
  return jobs_.size() < before;
}

void StudyRunner::finish(Job& job, int status) {
  const auto said = sorted(job.process->said());
  for (const auto& warning : said.warnings) {
    if (warned_.insert(warning).second) display_.say(job.number, warning);
  }
  auto& run = *job.run;
  if (job.end.is_null()) judge_silent(run, status, said);
  if (job.end.is_null() && job.asked && WIFSIGNALED(status)) run.state = RunState::interrupted;  // before it could listen
  display_.end(job.number, end_text(run, job.end, job.difference));
}

void StudyRunner::read(const std::vector<std::string>& lines, Job& job) {
  for (const auto& line : lines) {
    const auto answer = json::parse(line, nullptr, false);
    if (answer.is_object()) read(answer, job);
  }
}

void StudyRunner::read(const json& answer, Job& job) {
  auto& run = *job.run;
  if (answer.contains("doing")) display_.preparing(job.number, answer.at("doing"), answer.at("done"), answer.at("of"));
  if (answer.contains("rounds")) display_.running(job.number, answer.at("rounds"), answer.at("done"));
  if (answer.contains("sums")) answer.at("sums").get_to(sums_);
  if (answer.contains("folder")) {
    run.folder = answer.at("folder");
    job.difference = answer.at("difference");
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
