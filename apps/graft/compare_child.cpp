// The process of one run of a study: resolves the manifest, finds or makes the run's folder, and runs what is not done.
#include <unistd.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "apps/graft/compare_folder.hpp"
#include "apps/graft/compare_task.hpp"
#include "apps/graft/interrupt.hpp"
#include "apps/graft/plain_error.hpp"
#include "apps/graft/run.hpp"
#include "core/base/child_process.hpp"
#include "core/base/files.hpp"
#include "core/base/log.hpp"
#include "core/library/hook.hpp"
#include "core/manifest/read.hpp"
#include "core/rounds/checkpoint.hpp"
#include "core/rounds/estimate.hpp"
#include "core/rounds/identity.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;
using core::Exit;
using nlohmann::ordered_json;

constexpr auto kPause = std::chrono::milliseconds(100);  // between two lines that only say how far it is

class Answers {
 public:
  explicit Answers(int to) : to_(to) {}

  void line(const ordered_json& json) const {
    core::answer_line(to_, json.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  }

  void standing(const ordered_json& json) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < kPause) return;
    last_ = now;
    line(json);
  }

 private:
  int to_;
  std::chrono::steady_clock::time_point last_{};
};

std::string read_input() {
  std::string bytes;
  char part[64 * 1024];
  for (ssize_t count = 0; (count = ::read(STDIN_FILENO, part, sizeof part)) > 0;) bytes.append(part, std::size_t(count));
  return bytes;
}

core::FileSums sums_of(const core::Manifest& manifest, core::KnownSums known, Answers& answers) {
  const core::Watch watch{[&](const std::string& what, std::int64_t done, std::int64_t of) {
                            answers.standing({{"doing", what}, {"done", done}, {"of", of}});
                          },
                          &listen_for_interrupts()};
  const auto before = known.size();
  auto sums = core::file_sums(manifest, known, watch);
  if (known.size() > before) answers.line({{"sums", known}});
  return sums;
}

// "65.72 ± 14.93 %", or "" where nothing was scored.
std::string accuracy_text(const std::string& summary) {
  const auto json = ordered_json::parse(summary, nullptr, false);
  const auto accuracy = json.is_object() ? json.value("accuracy", ordered_json()) : ordered_json();
  const auto mean = accuracy.value("mean", ordered_json()), deviation = accuracy.value("std", ordered_json());
  if (!mean.is_number() || !deviation.is_number()) return "";
  char text[64];
  std::snprintf(text, sizeof text, "%.2f ± %.2f %%", 100 * mean.get<double>(), 100 * deviation.get<double>());
  return text;
}

// A run as it was composed, and where it lies.
struct Prepared {
  core::Federation federation;
  ordered_json identity;
  ChosenRun run;
};

Prepared prepared(const RunTask& task, Answers& answers) {
  auto manifest = core::manifest_of(task.tree, task.name, task.lock_folder);
  manifest.seed = task.seed;
  core::watch_hooks(manifest.hook_limit_s);
  auto federation = core::composed(manifest);
  auto identity = core::identity_json(federation, sums_of(manifest, task.sums, answers));
  auto run = chosen_run(task.into, identity, manifest.rounds);
  return {std::move(federation), std::move(identity), std::move(run)};
}

// The last answer, of one that changes nothing.
ordered_json looked_at(const RunTask& task, Answers& answers) {
  const auto [composed, identity, run] = prepared(task, answers);
  const auto facts = run.there ? core::checkpoint_facts(run.folder / "checkpoint") : std::nullopt;
  const bool done = run.there && finished_summary(composed.manifest, run.folder);
  const auto round = facts ? facts->rounds_done : 0;
  ordered_json answer = {{"state", done        ? "done"
                                   : round > 0 ? "goes on"
                                               : "begins"},
                         {"rounds", composed.manifest.rounds},
                         {"round", round}};
  if (done || task.ask != Ask::time) return answer;
  const core::Watch watch{[&](const std::string& what, std::int64_t at, std::int64_t of) {
                            answers.standing({{"doing", what}, {"done", at}, {"of", of}});
                          },
                          &listen_for_interrupts()};
  auto federation = core::found(composed.manifest, watch);
  federation.rounds_done = round;
  answer["seconds"] = core::estimate(federation, &listen_for_interrupts()).seconds;
  return answer;
}

// The last answer.
ordered_json run_or_keep(const RunTask& task, Answers& answers) {
  const auto [federation, identity, run] = prepared(task, answers);
  answers.line({{"folder", run.folder.filename().string()}, {"difference", run.difference}});
  const auto before = run.there ? finished_summary(federation.manifest, run.folder) : std::nullopt;
  if (before) {
    keep_report(run.folder);
    return {{"end", "kept"}, {"accuracy", accuracy_text(*before)}};
  }
  fs::create_directories(run.folder);
  if (!run.there) core::write_whole(run.folder / core::kIdentityFile, identity.dump(2) + "\n");

  RunRequest request{.manifest = (run.folder / "manifest.toml").string()};  // with which `graft run` goes on by itself
  request.resume = core::has_checkpoint(run.folder / "checkpoint");
  request.quiet = request.known = true;
  request.prepares = [&](const std::string& what, std::int64_t done, std::int64_t of) {
    answers.standing({{"doing", what}, {"done", done}, {"of", of}});
  };
  request.goes_on = [&](const core::Progress& at) {
    answers.standing({{"rounds", at.rounds}, {"done", double(at.round - 1) + at.done}});
  };
  run_in(run.folder, federation.manifest, request);
  return {{"end", "done"}, {"accuracy", accuracy_text(finished_summary(federation.manifest, run.folder).value_or(""))}};
}

}  // namespace

void do_task(int answer_to) {
  core::begin_child(answer_to);
  core::set_log_level(core::Level::warning);
  listen_for_interrupts();
  Answers answers(answer_to);
  auto status = Exit::done;
  try {
    const auto task = task_from(read_input());
    answers.line(task.ask == Ask::run ? run_or_keep(task, answers) : looked_at(task, answers));
  } catch (...) {
    const auto error = plain_error(std::current_exception());
    status = error.status;
    answers.line({{"failed", error.what()}, {"status", int(status)}});
  }
  _exit(int(status));  // what plugins do as a program ends may take for ever, and nobody watches it
}

}  // namespace graft
