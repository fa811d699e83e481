// graft compare: runs what of a study is missing, each run in a process of its own, then puts all of them side by side.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "apps/graft/compare_folder.hpp"
#include "apps/graft/compare_outlook.hpp"
#include "apps/graft/compare_progress.hpp"
#include "apps/graft/compare_runner.hpp"
#include "apps/graft/compare_task.hpp"
#include "apps/graft/interrupt.hpp"
#include "apps/graft/run_folder.hpp"
#include "apps/graft/terminal.hpp"
#include "apps/graft/verbs.hpp"
#include "apps/graft/waiting.hpp"
#include "apps/graft/watched_folder.hpp"
#include "core/base/text.hpp"
#include "core/library/choose.hpp"
#include "core/library/sha256.hpp"
#include "core/manifest/keys.hpp"
#include "core/report/comparison_text.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;
using core::Error;
using core::Exit;
using core::RunState;
using core::StudyRun;

struct CompareRequest {
  std::vector<std::string> files;
  std::string out;
  Arguments overrides;
  bool quiet = false, json = false, dry = false, watch = false;
  std::size_t jobs = 1;
  int answer_to = -1;
};

bool read_request(const Arguments& arguments, CompareRequest& request) {
  CLI::App app(
      "Runs the variants of a study, each with each of its seeds, and puts them side by side: accuracy, differences with their "
      "intervals, costs. What is done is kept, what is missing is run, each run in a process of its own; the same command goes on "
      "after an interruption.",
      "graft compare");
  app.add_option("S", request.files, "a study, or several manifests, TOML files")->type_name("FILE");
  add_overrides(app, request.overrides, "overrides a key of all variants, or of the study; may stand several times");
  app.add_option("--out", request.out, "the study's folder (default: runs/NAME)")->type_name("DIR")->check(not_empty);
  app.add_option("--jobs", request.jobs, "runs that go on at once, each on its share of the processors (default: 1)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
  app.add_flag("--watch", request.watch, "shows the study in the browser as it goes on, at 127.0.0.1");
  app.add_flag("--dry-run", request.dry, "only says what there is to do, and about how long it takes");
  app.add_flag("--quiet", request.quiet, "says nothing but what went wrong");
  app.add_flag("--json", request.json, "on standard output: the comparison as one line of JSON");
  app.add_option("--answer-to", request.answer_to)->group("");  // for this program itself
  app.footer(
      "  graft compare configs/quickstart-study.toml\n"
      "  graft compare configs/quickstart.toml configs/quickstart-fedavg.toml\n"
      "  graft compare configs/quickstart-study.toml --set rounds=5 --out runs/first\n");
  if (!read_arguments(app, arguments)) return false;
  if (request.answer_to < 0 && request.files.empty()) {
    throw Error(Exit::usage, "graft compare: S is required", "'graft compare --help' says what it takes");
  }
  return true;
}

std::string sum_of(core::Manifest manifest) {
  manifest.seed = 0;
  return core::sha256_of_bytes(core::to_toml(manifest));
}

core::StudyResults results_of(const core::Study& study, const std::string& out) {
  core::StudyResults results{study.name, out.empty() ? (fs::path("runs") / study.name).string() : out, study.baseline, {}};
  for (const auto& variant : study.variants) {
    results.variants.push_back({variant.name, variant.published, {}, sum_of(variant.manifest)});
    for (const auto seed : variant.seeds) results.variants.back().runs.push_back({.seed = seed});
  }
  return results;
}

// Which variant's which run.
struct Place {
  std::size_t variant, run;
};

// All variants with their first seed, then with their second: what is there early can be compared.
std::vector<Place> turns_of(const core::StudyResults& results) {
  std::vector<Place> turns;
  std::size_t most = 0;
  for (const auto& variant : results.variants) most = std::max(most, variant.runs.size());
  for (std::size_t run = 0; run < most; ++run) {
    for (std::size_t variant = 0; variant < results.variants.size(); ++variant) {
      if (run < results.variants[variant].runs.size()) turns.push_back({variant, run});
    }
  }
  return turns;
}

std::string compare_command(const CompareRequest& request) {
  const char* const launcher = std::getenv("GRAFT_LAUNCHER");
  std::string command = shell_word(launcher ? launcher : "graft") + " compare";
  for (const auto& file : request.files) command += " " + shell_word(file);
  for (const auto& one : request.overrides) command += " --set " + shell_word(one);
  if (request.jobs > 1) command += " --jobs " + std::to_string(request.jobs);
  if (request.watch) command += " --watch";
  return request.out.empty() ? command : command + " --out " + shell_word(request.out);
}

std::size_t done_in(const core::StudyResults& results) {
  std::ptrdiff_t done = 0;
  for (const auto& variant : results.variants) done += std::ranges::count(variant.runs, RunState::done, &StudyRun::state);
  return std::size_t(done);
}

std::string begin_text(const core::StudyResults& results) {
  const auto runs = std::int64_t(turns_of(results).size());
  const auto done = done_in(results);
  const auto before = done > 0 ? ", " + std::to_string(done) + " of them done before" : "";
  return core::harmless(results.name) + ": " + core::many_text(runs, "run") + before + ", in " + results.folder + "\n";
}

ProgressKind progress_kind(const CompareRequest& request) {
  if (request.quiet) return ProgressKind::none;
  return can_redraw(STDERR_FILENO) ? ProgressKind::bar : ProgressKind::lines;
}

constexpr auto kLook = std::chrono::milliseconds(20);  // between two looks at the other processes

// So many runs at once, until all have ended or somebody interrupts.
void run_all(const core::Study& study, core::StudyResults& results, const CompareRequest& request) {
  const auto turns = turns_of(results);
  const auto run_of = [&](const Place& turn) -> StudyRun& { return results.variants[turn.variant].runs[turn.run]; };
  ComparisonDisplay display(progress_kind(request), turns.size(), request.jobs);
  StudyRunner runner(study, results, display, request.jobs);
  auto left = turns.size() - done_in(results);  // where nothing has changed since
  const auto& interrupted = listen_for_interrupts();
  for (std::size_t next = 0; runner.running() > 0 || (next < turns.size() && !interrupted);) {
    while (next < turns.size() && runner.running() < request.jobs && !interrupted) {
      const auto& turn = turns[next++];
      auto& run = run_of(turn);
      if (run.state != RunState::done && left > 0) --left;
      display.begin(next, study.variants[turn.variant].name + ", seed " + std::to_string(run.seed), left);
      runner.begin(next, turn.variant, turn.run);
    }
    if (runner.look())
      note_study(results);
    else
      std::this_thread::sleep_for(kLook);
  }
}

// What was done before and was not asked this time is not known to be the same.
void forget_unasked(core::StudyResults& results) {
  for (auto& variant : results.variants) {
    for (auto& run : variant.runs) {
      if (!run.asked && run.state == RunState::done) run.state = RunState::missing;
    }
  }
}

// How many runs failed, and which was the first of them; nothing: none did.
std::optional<Error> failure_of(const core::StudyResults& results) {
  std::int64_t failed = 0;
  std::string line;
  auto status = Exit::done;
  for (const auto& turn : turns_of(results)) {
    const auto& variant = results.variants[turn.variant];
    const auto& run = variant.runs[turn.run];
    if (run.state != RunState::failed || failed++ > 0) continue;
    line = variant.name + ", seed " + std::to_string(run.seed) + ": " + run.why;
    status = Exit(run.status);
  }
  if (failed == 0) return {};
  const auto many = failed == 1 ? "1 run failed: " : core::many_text(failed, "run") + " failed, the first of them ";
  return Error(status, many + line, "what failed is tried again by the same command");
}

bool all_asked(const core::StudyResults& results) {
  return std::ranges::all_of(results.variants, [](const auto& variant) {
    return std::ranges::all_of(variant.runs,
                               [](const StudyRun& run) { return run.state == RunState::done || run.state == RunState::failed; });
  });
}

void show(const core::Comparison& comparison, const CompareRequest& request, bool interrupted) {
  try {
    if (request.json) return print(core::comparison_json(comparison) + "\n");
    if (!request.quiet) print(core::comparison_text(comparison, {terminal_width(STDOUT_FILENO), can_colour(STDOUT_FILENO)}));
  } catch (const Error&) {
    if (!interrupted) throw;  // the terminal may be gone
  }
}

int show_outlook(const core::StudyOutlook& outlook, const CompareRequest& request) {
  if (request.json)
    print(core::outlook_json(outlook) + "\n");
  else
    print(core::outlook_text(outlook, terminal_width(STDOUT_FILENO)));
  for (const auto& run : outlook.runs) {
    if (run.state == "fails")
      throw Error(Exit(run.status), run.variant + ", seed " + std::to_string(run.seed) + " will fail: " + run.why);
  }
  return 0;
}

// What can be known to be wrong before hours of other variants: plugins that are not there, and data.
void check_variants(const core::Study& study) {
  for (const auto& variant : study.variants) {
    const auto& manifest = variant.manifest;
    core::choose_plugin(manifest, manifest.strategy, "strategy");
    for (const auto& module : manifest.modules) core::choose_plugin(manifest, module, "module");
    std::error_code none;
    const auto& path = manifest.data.path;
    if (!path.empty() && !fs::exists(path, none))
      throw core::error_at(core::place_of(manifest, "data.path"), "'data.path' is not there: " + path.string(), Exit::data);
  }
}

int compare(const CompareRequest& request) {
  const auto study = core::read_study({request.files.begin(), request.files.end()}, request.overrides);
  check_variants(study);
  auto results = results_of(study, request.out);
  enter_study(results);
  if (request.dry) return show_outlook(look_ahead(study, results, request.jobs), request);
  make_study_folder(results.folder);
  const FolderLock lock(results.folder);
  note_study(results);  // whatever happens from here on, this is its folder
  if (!request.quiet) write_error(begin_text(results));
  const WatchedFolder watched(request.watch ? results.folder : "");
  const auto& interrupted = listen_for_interrupts();
  run_all(study, results, request);
  forget_unasked(results);
  const bool whole = all_asked(results);
  const auto comparison = compared_in_folder(results);
  try {
    write_comparison(comparison, whole);
  } catch (const Error&) {  // the disk may be full
    show(comparison, request, interrupted);
    throw;
  }
  show(comparison, request, interrupted);
  if (!whole) {
    throw Error(Exit::interrupted, "interrupted; go on with: " + compare_command(request));
  }
  if (const auto failure = failure_of(results)) throw *failure;
  return 0;
}

}  // namespace

int compare_verb(const Arguments& arguments) {
  CompareRequest request;
  if (!read_request(arguments, request)) return 0;
  if (request.answer_to < 0) return compare(request);
  let_threads_sleep();
  do_task(request.answer_to);
}

}  // namespace graft
