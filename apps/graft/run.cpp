// graft run: reads the manifest, founds or resumes a federation, shows how it goes, and prints the table at the end.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "apps/graft/interrupt.hpp"
#include "apps/graft/own_output.hpp"
#include "apps/graft/progress.hpp"
#include "apps/graft/run.hpp"
#include "apps/graft/run_estimate.hpp"
#include "apps/graft/run_folder.hpp"
#include "apps/graft/terminal.hpp"
#include "apps/graft/verbs.hpp"
#include "apps/graft/waiting.hpp"
#include "apps/graft/watched_folder.hpp"
#include "core/base/files.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/base/version.hpp"
#include "core/library/hook.hpp"
#include "core/manifest/checks.hpp"
#include "core/report/data_json.hpp"
#include "core/report/layout.hpp"
#include "core/report/page.hpp"
#include "core/report/profile_text.hpp"
#include "core/report/table.hpp"
#include "core/report/tensorboard.hpp"
#include "core/rounds/checkpoint.hpp"
#include "core/rounds/sample.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;
using core::Error;
using core::Exit;

bool read_request(const Arguments& arguments, RunRequest& request) {
  CLI::App app("Trains a federation as a manifest says.", "graft run");
  app.add_option("M", request.manifest, "the manifest, a TOML file")->required()->type_name("FILE");
  add_overrides(app, request.overrides);
  app.add_option("--out", request.out,
                 "the run's folder (default: runs/NAME, then runs/NAME-2 …; with --resume, the newest of them)")
      ->type_name("DIR")
      ->check(not_empty);
  app.add_flag("--resume", request.resume, "goes on where the run in the folder ended, to the same bits as if it never had");
  app.add_flag("--quiet", request.quiet, "says nothing but what went wrong");
  app.add_flag("--json", request.json, "on standard output: a line a round, then the summary, as JSON");
  app.add_flag("--profile", request.profile,
               "where the plugins' time went: seconds, calls and bytes by plugin, hook and function; also as profile.json");
  app.add_flag("--watch", request.watch, "shows the run in the browser as it goes on, at 127.0.0.1");
  app.add_flag("--tensorboard", request.tensorboard,
               "also writes the run's curves as an event file of TensorBoard's, into its folder");
  app.footer(
      "  graft run configs/quickstart.toml\n"
      "  graft run configs/quickstart.toml --set strategy.use=fedavg --set rounds=5\n"
      "  graft run configs/quickstart.toml --out runs/first --resume\n");
  return read_arguments(app, arguments);
}

std::string compact(const std::string& summary) { return nlohmann::ordered_json::parse(summary).dump() + "\n"; }

void show_result(const RunRequest& request, const fs::path& folder, const std::string& summary) {
  if (request.json) return request.output->print(compact(summary));
  if (!request.quiet) print(core::run_table(summary, folder.string(), {terminal_width(STDOUT_FILENO), can_colour(STDOUT_FILENO)}));
}

// What the plugins' hooks and the functions that they called took, of this program's part of the run.
void show_profile(const RunRequest& request, const fs::path& folder, double seconds) {
  const auto lines = core::profile();
  core::write_whole(folder / "profile.json", core::profile_json(lines));
  if (!request.json && !request.quiet) print("\n" + core::profile_text(lines, seconds));
}

// What to type for this run in this folder.
std::string run_command(const RunRequest& request, const fs::path& folder) {
  const char* const launcher = std::getenv("GRAFT_LAUNCHER");
  std::string command = shell_word(launcher ? launcher : "graft") + " run " + shell_word(request.manifest);
  for (const auto& one : request.overrides) command += " --set " + shell_word(one);
  return command + " --out " + shell_word(folder.string());
}

std::string start_text(const core::Federation& federation, std::int64_t rounds_done, const fs::path& folder) {
  const auto& manifest = federation.manifest;
  auto with = federation.model.strategy.id;
  if (federation.model.modules) {
    for (const auto& module : federation.model.modules->plugins()) with += " + " + module.id;
  }
  const auto& catalog = federation.model.catalog;
  const auto parameters = double(catalog.row + catalog.held + catalog.frozen);
  const auto clients = federation.clients(), cohort = core::cohort_size(manifest, clients);
  auto text = manifest.name + ": " + with + ", " + (cohort == clients ? "all " : core::count_text(double(cohort)) + " of ") +
              core::many_text(clients, "client") + " a round, " + core::many_text(manifest.rounds, "round") + ", " +
              manifest.device;
  if (federation.lanes > 1) text += ", " + std::to_string(federation.lanes) + " lanes";
  text += ", " + core::count_text(parameters) + " parameters; in " + folder.string();
  return rounds_done > 0 ? text + ", going on after round " + std::to_string(rounds_done) : text;
}

void say_start(const RunRequest& request, const core::Federation& federation, std::int64_t rounds_done, const fs::path& folder) {
  core::note("graft " + std::string(core::version()) + ": " + run_command(request, folder) + (request.resume ? " --resume" : ""));
  for (const auto& line : federation.said) core::log(core::Level::information, line);
  for (const auto& line : core::idle_keys(federation.manifest)) core::log(core::Level::warning, line);
  const auto& server = federation.manifest.server;
  if (federation.model.plan.gossips() && (server.optimizer != "sgd" || server.lr != 1 || server.momentum != 0)) {
    core::log(core::Level::warning,
              "'server.optimizer' has no effect here: strategy '" + federation.model.strategy.id + "' has no server");
  }
  if (federation.model.plan.gossip.metropolis &&
      core::cohort_size(federation.manifest, federation.clients()) < federation.clients()) {
    core::log(core::Level::warning, "not all clients take part in a round: metropolis weights do not keep the mean of all then");
  }
  const auto& training = federation.model.plan.training;
  if (std::ranges::none_of(training,
                           [&](const auto& phase) { return core::works(federation.manifest, federation.model, phase); })) {
    core::log(core::Level::warning, "nothing is trained: backbone.freeze leaves the strategy no tensor, or there are no epochs");
  }
  const auto text = start_text(federation, rounds_done, folder);
  core::note(text);
  if (request.quiet) return;
  const bool narrow = is_terminal(STDERR_FILENO);
  std::cerr << (narrow ? core::joined(core::wrapped(text, terminal_width(STDERR_FILENO)), "\n") : text) << '\n';
}

// A run that failed in its first round leaves nothing to go on with, and so nothing at all.
void clear_away_if_nothing_was_done(const fs::path& folder) {
  std::error_code none;
  if (core::has_checkpoint(folder / "checkpoint") || fs::file_size(folder / "rounds.jsonl", none) != 0) return;
  fs::remove_all(folder / "checkpoint", none);  // what of a first one could be written
  for (const auto* name : {"rounds.jsonl", "manifest.toml", "plugins.lock", "run.log", "data.json"})
    fs::remove(folder / name, none);
  fs::remove(folder, none);  // only where nothing else is in it
}

// What a run that ended early leaves, and how to go on with it.
Error ended_early(const Error& error, const RunRequest& request, const fs::path& folder) {
  if (error.status == Exit::data) return error;  // the checkpoint itself is what cannot be read
  const auto facts = core::checkpoint_facts(folder / "checkpoint");
  const bool begun = facts && facts->rounds_done > 0;
  const auto round = begun ? "after round " + std::to_string(facts->rounds_done) : "before the first round was whole";
  const auto command = run_command(request, folder) + " --resume";
  if (error.status == Exit::interrupted) return {error.status, "interrupted " + round + "; go on with: " + command};
  if (!begun || dynamic_cast<const core::Diverged*>(&error)) return error;
  const auto whole = "the checkpoint " + round + " is whole; go on with: " + command;
  return {error.status, error.what(), error.more.empty() ? whole : error.more + "\n" + whole};
}

ProgressKind progress_kind(const RunRequest& request) {
  const bool mixed =
      request.json && is_terminal(request.output->descriptor()) && is_terminal(STDERR_FILENO);  // the lines of JSON say it all
  if (request.quiet || mixed) return ProgressKind::none;
  return can_redraw(STDERR_FILENO) ? ProgressKind::bar : ProgressKind::lines;
}

core::Federation found_shown(const core::Manifest& manifest, const RunRequest& request) {
  PreparationDisplay display(progress_kind(request));
  const auto tell = [&](const std::string& what, std::int64_t done, std::int64_t of) {
    display.tell(what, done, of);
    if (request.prepares) request.prepares(what, done, of);
  };
  try {
    return core::found(manifest, {tell, &listen_for_interrupts()});
  } catch (const Error& error) {
    if (error.status != Exit::interrupted) throw;
    throw Error(error.status, "interrupted while the data was being prepared; nothing was begun");
  }
}

std::string run_shown(core::Federation federation, const RunRequest& request, const fs::path& folder, std::int64_t rounds_done) {
  ProgressDisplay display(progress_kind(request), federation.manifest.rounds, rounds_done);
  core::TensorboardFile curves(folder, rounds_done);
  const auto tell = [&](const core::Progress& progress) {
    if (request.tensorboard && progress.record != nullptr) curves.add(*progress.record);
    if (request.json && progress.record != nullptr) request.output->print(core::to_json_line(*progress.record) + "\n");
    display.tell(progress);
    if (request.goes_on) request.goes_on(progress);
    if (progress.record != nullptr) core::note(display.line());
  };
  return core::run(federation, {folder, request.resume, &listen_for_interrupts(), tell});
}

// The summary. How it ended early is noted, and what has come to nothing is cleared away where it was made here.
std::string run_noted(core::Federation federation, const RunRequest& request, const fs::path& folder, std::int64_t rounds_done,
                      bool made) {
  try {
    if (!core::has_checkpoint(folder / "checkpoint")) say_estimate(federation, folder, request.quiet);
    return run_shown(std::move(federation), request, folder, rounds_done);
  } catch (const Error& error) {
    const auto end = ended_early(error, request, folder);
    core::note("ended early: " + std::string(end.what()));
    if (made && error.status != Exit::interrupted) clear_away_if_nothing_was_done(folder);
    throw end;
  } catch (const std::exception& error) {
    const std::string why = error.what();
    core::note("ended early: " + why.substr(0, why.find('\n')));
    throw;
  }
}

}  // namespace

std::optional<std::string> finished_summary(const core::Manifest& manifest, const fs::path& folder) {
  const auto facts = core::checkpoint_facts(folder / "checkpoint");
  if (!facts || facts->rounds_done != manifest.rounds || !fs::exists(folder / "summary.json")) return {};
  auto text = core::read_whole(folder / "summary.json", Exit::data);
  const auto summary = nlohmann::json::parse(text, nullptr, false);
  if (!summary.is_object() || summary.value("rounds", std::int64_t(-1)) != manifest.rounds) return {};
  return text;
}

void keep_report(const fs::path& folder) {
  const auto page = folder / "report.html";
  std::error_code none;
  if (fs::last_write_time(page, none) >= fs::last_write_time(folder / "summary.json") && !none) return;
  try {
    core::write_whole(page, core::page_html(core::page_data(core::compared(core::results_of_run(folder)), false)));
  } catch (const Error& error) {
    core::log(core::Level::warning, "the run is whole, but not its page: " + std::string(error.what()));
  }
}

int run_in(const std::optional<fs::path>& chosen, core::Manifest manifest, const RunRequest& request) {
  core::watch_hooks(manifest.hook_limit_s);
  std::optional<FolderLock> lock;
  bool grown = false;
  if (chosen && fs::exists(*chosen)) {
    lock.emplace(*chosen);
    if (!request.known && core::has_checkpoint(*chosen / "checkpoint")) {
      manifest = core::resolved(manifest, core::compose(manifest, core::classes_of(manifest)));
      grown = take_over(manifest, *chosen);
    }
    if (const auto summary = finished_summary(manifest, *chosen)) {
      if (!request.quiet)
        std::cerr << "the run in '" << chosen->string() << "' is finished, all " << manifest.rounds << " rounds of it\n";
      keep_report(*chosen);
      show_result(request, *chosen, *summary);
      return 0;
    }
  }
  auto federation = found_shown(manifest, request);
  if (grown && !federation.model.plan.closing.empty()) {
    throw core::error_at(core::place_of(manifest, "rounds"), "'rounds' cannot grow: strategy '" + federation.model.strategy.id +
                                                                 "' closes a run with training of its own, after the last of them");
  }
  const auto folder = make_folder(manifest.name, chosen);
  const bool made = !lock;
  if (made) lock.emplace(folder);
  const auto facts = core::checkpoint_facts(folder / "checkpoint");
  const auto rounds_done = facts ? facts->rounds_done : 0;
  if (request.resume && !facts)
    core::log(core::Level::warning, "there is nothing to resume in '" + folder.string() + "': beginning anew");
  core::log_into(folder / "run.log");
  say_start(request, federation, rounds_done, folder);
  core::write_whole(folder / "data.json", core::data_json(federation.manifest, federation.data, federation.split));
  const WatchedFolder watched(request.watch ? folder.string() : "");
  const auto began = std::chrono::steady_clock::now();
  if (request.profile) core::profile_calls();
  const auto summary = run_noted(std::move(federation), request, folder, rounds_done, made);
  keep_report(folder);
  core::note("done: " + core::run_table(summary, folder.string(), {}));
  show_result(request, folder, summary);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (request.profile) show_profile(request, folder, took.count());
  return 0;
}

int run_verb(const Arguments& arguments) {
  let_threads_sleep();
  RunRequest request;
  if (!read_request(arguments, request)) return 0;
  if (request.json) signal(SIGPIPE, SIG_IGN);  // whoever reads the lines may leave: that ends the run in words
  OwnOutput output(request.json);
  request.output = &output;
  if (request.quiet) core::set_log_level(core::Level::error);
  const auto manifest = core::read_manifest(request.manifest, request.overrides);
  return run_in(chosen_folder(manifest.name, request.out, request.resume), manifest, request);
}

}  // namespace graft
