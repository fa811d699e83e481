// A process that ends without its last answer is judged by how it ended and by what it printed.
#include "apps/graft/compare_runner.hpp"

#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <sstream>
#include <thread>
#include <utility>

#include "apps/graft/compare_task.hpp"
#include "apps/graft/interrupt.hpp"
#include "core/base/child_process.hpp"
#include "core/base/text.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;
using core::Exit;
using core::RunState;
using core::StudyRun;
using nlohmann::json;

constexpr auto kLook = std::chrono::milliseconds(20);  // between two looks at the other process

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

void StudyRunner::run(std::size_t of_variant, std::size_t of_run) {
  auto& run = results_.variants[of_variant].runs[of_run];
  const auto& variant = study_.variants[of_variant];
  const auto into = fs::path(results_.folder) / (variant.name + "-seed-" + std::to_string(run.seed));
  core::ChildProcess process({"compare"}, {}, to_bytes({variant.name, variant.tree, variant.folder, run.seed, into, sums_}));
  run = {.seed = run.seed, .asked = true};
  end_ = nullptr;
  difference_ = "";
  bool asked = false;
  std::optional<int> status;
  while (!(status = process.ended())) {
    read(process.take_lines(), run);
    if (listen_for_interrupts() && !std::exchange(asked, true)) process.interrupt();
    std::this_thread::sleep_for(kLook);
  }
  read(process.take_lines(), run);
  const auto said = sorted(process.said());
  for (const auto& warning : said.warnings) {
    if (warned_.insert(warning).second) display_.say(warning);
  }
  if (end_.is_null()) judge_silent(run, *status, said);
  if (end_.is_null() && asked && WIFSIGNALED(*status)) run.state = RunState::interrupted;  // before it could listen
  display_.end(end_text(run, end_, difference_));
}

void StudyRunner::read(const std::vector<std::string>& lines, StudyRun& run) {
  for (const auto& line : lines) {
    const auto answer = json::parse(line, nullptr, false);
    if (answer.is_object()) read(answer, run);
  }
}

void StudyRunner::read(const json& answer, StudyRun& run) {
  if (answer.contains("doing")) display_.preparing(answer.at("doing"), answer.at("done"), answer.at("of"));
  if (answer.contains("rounds")) display_.running(answer.at("rounds"), answer.at("done"));
  if (answer.contains("sums")) answer.at("sums").get_to(sums_);
  if (answer.contains("folder")) {
    run.folder = answer.at("folder");
    difference_ = answer.at("difference");
  }
  if (answer.contains("end")) {
    end_ = answer;
    run.state = RunState::done;
  }
  if (answer.contains("failed")) {
    end_ = answer;
    run.status = answer.at("status");
    run.state = run.status == int(Exit::interrupted) ? RunState::interrupted : RunState::failed;
    run.why = core::harmless(answer.at("failed").get<std::string>());
  }
}

}  // namespace graft
