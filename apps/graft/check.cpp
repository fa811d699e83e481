// graft check: whether a plugin keeps the contract, case by case, each in a process of its own.
#include "tests/contract/contract.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>

#include "apps/graft/help.hpp"
#include "apps/graft/interrupt.hpp"
#include "apps/graft/own_output.hpp"
#include "apps/graft/terminal.hpp"
#include "apps/graft/verbs.hpp"
#include "core/base/child_process.hpp"
#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/library/plugin.hpp"
#include "core/report/layout.hpp"

namespace graft {

namespace {

using contract::Result;
using contract::Status;

constexpr std::size_t kName = 24, kStatus = 11, kIndent = 2;  // columns
constexpr double kChildLimit = 120;

bool is_good(const Result& result) { return result.status == Status::passed || result.status == Status::skipped; }

const char* colour_of(Status status) {
  if (status == Status::passed) return "\x1b[32m";
  return status == Status::skipped ? "\x1b[33m" : "\x1b[31m";
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string result_text(const Result& result, std::size_t width, bool colour) {
  auto status = padded(contract::status_text(result.status), kStatus);
  if (colour) status = colour_of(result.status) + status + "\x1b[0m";
  std::string text = padded(result.name, kName) + status;
  if (result.seconds > 0) text += core::seconds_text(result.seconds);
  text.erase(text.find_last_not_of(' ') + 1);
  text += "\n";
  const auto room = width - std::min(width, kIndent + 20) + 20;
  for (const auto& line : result.why.empty() ? std::vector<std::string>{} : core::wrapped(result.why, room)) {
    text += std::string(kIndent, ' ') + line + "\n";
  }
  return text;
}

// "27 passed, 1 failed, 2 skipped in 14.2 s, 2 at a time (seed 7)"
std::string summary_text(const std::vector<Result>& results, double seconds, const contract::Request& request) {
  std::vector<std::string> parts;
  for (const auto status : {Status::passed, Status::failed, Status::crashed, Status::timed_out, Status::skipped}) {
    const auto count = std::count_if(results.begin(), results.end(), [&](const Result& one) { return one.status == status; });
    if (count > 0) parts.push_back(std::to_string(count) + " " + contract::status_text(status));
  }
  const auto at_once = request.in_process ? 1 : std::min(contract::cases_at_once(), results.size());
  return core::joined(parts) + " in " + core::seconds_text(seconds) +
         (at_once > 1 ? ", " + std::to_string(at_once) + " at a time" : "") + " (seed " + std::to_string(request.seed) + ")\n";
}

std::string debugger_text(const std::vector<Result>& results, const contract::Request& request) {
  const auto bad = std::find_if_not(results.begin(), results.end(), is_good);
  if (bad == results.end() || request.in_process) return "";
  std::string options;
  for (const auto& option : request.options) options += " --set " + shell_word(option);
  const bool unset = options.empty() && bad->why.find("' failed in plan: ") != std::string::npos;
  return std::string(unset ? "an option that has to be set is given by --set KEY=VALUE\n" : "") +
         "alone, in a debugger: gdb --args graft check " + shell_word(request.file.string()) + " --only " + bad->name +
         " --in-process --seed " + std::to_string(request.seed) + options + "\n";
}

std::string list_text() {
  std::vector<core::Cells> rows;
  for (const auto& [name, what] : contract::cases()) rows.push_back({name, what});
  return core::aligned_within(help_width(), rows, {});
}

std::uint64_t drawn_seed() {
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  return core::hash(std::to_string(now) + " " + std::to_string(getpid())) % 1'000'000;
}

std::vector<Result> check_in_words(contract::Request& request) {
  const auto width = help_width();
  const bool colour = can_colour(STDOUT_FILENO);
  request.tell = [=](const Result& result) { print(result_text(result, width, colour)); };
  const auto start = std::chrono::steady_clock::now();
  auto results = contract::check(request);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  print("\n" + summary_text(results, seconds, request) + debugger_text(results, request));
  return results;
}

std::vector<Result> check_in_json(const contract::Request& request) {
  OwnOutput output(true);
  auto results = contract::check(request);
  output.print(contract::to_json(request, results) + "\n");
  return results;
}

// In the process of a case.
std::vector<Result> check_and_answer(const contract::Request& request, int answer_to) {
  core::begin_child(answer_to);
  try {
    auto results = contract::check(request);
    core::answer_line(answer_to, contract::to_json(request, results));
    return results;
  } catch (const core::Error& error) {
    core::answer_line(answer_to, contract::to_json(error));
    throw;
  }
}

}  // namespace

int check_verb(const Arguments& arguments) {
  CLI::App app("Checks whether a plugin keeps the contract between host and plugin: named cases, each in a process of its own.",
               "graft check");
  contract::Request request;
  std::string file;
  bool json = false, list = false;
  int answer_to = -1;
  app.add_option("FILE", file, "the plugin's library, FILE.so");
  auto* const seed = app.add_option("--seed", request.seed, "of what the cases draw; else one that is drawn, and said at the end");
  auto* const limit =
      app.add_option("--limit", request.limit_s, "seconds for each case, 120 unless given; each of its hooks has 20 at most")
          ->type_name("S");
  limit->check(CLI::Range(0.1, 1e6).description(""));
  seed->type_name("N");
  app.add_option("--only", request.only, "this case alone; may stand several times")->type_name("NAME")->allow_extra_args(false);
  add_overrides(app, request.options, "an option of the plugin, in every case that plays it; may stand several times");
  app.add_flag("--in-process", request.in_process, "in this process, for a debugger; --limit then holds for a hook");
  app.add_flag("--json", json, "as one line of JSON");
  app.add_flag("--list", list, "the cases, and what each is about");
  app.add_option("--answer-to", answer_to)->group("");  // for this program itself
  app.footer(
      "  graft check ./mine.so\n  graft check ./mine.so --only lanes-agree --only threads --seed 7\n"
      "  graft check ./mine.so --set rank=4\n"
      "  gdb --args graft check ./mine.so --only threads --in-process\n");
  if (!read_arguments(app, arguments)) return 0;
  if (list) return print(list_text()), 0;
  if (file.empty())
    throw core::Error(core::Exit::usage, "graft check: FILE is required", "'graft check --help' says what it takes");
  request.file = file;
  const bool in_one_line = request.only.empty() && !json;
  if (in_one_line) core::check_plugin_file(request.file);
  if (seed->count() == 0) request.seed = drawn_seed();
  if (limit->count() == 0) request.limit_s = request.in_process ? 0 : kChildLimit;
  if (!request.in_process) request.stop = &listen_for_interrupts();
  const auto results = answer_to >= 0 ? check_and_answer(request, answer_to)
                       : json         ? check_in_json(request)
                                      : check_in_words(request);
  return std::all_of(results.begin(), results.end(), is_good) ? 0 : int(core::Exit::plugin);
}

}  // namespace graft
