// graft watch: the page of a run or a study, redrawn in the browser as it goes on. Only reads.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/graft/compare_folder.hpp"
#include "apps/graft/interrupt.hpp"
#include "apps/graft/page_server.hpp"
#include "apps/graft/verbs.hpp"
#include "core/base/child_process.hpp"
#include "core/base/text.hpp"
#include "core/report/page.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;
using core::Error;
using core::Exit;
using core::RunState;

struct WatchRequest {
  std::string folder;
  std::uint16_t port = 8265;
  int answer_to = -1;
};

bool read_request(const Arguments& arguments, WatchRequest& request) {
  CLI::App app(
      "Shows a run or a study in the browser, and goes on showing it as it goes on: a page on this machine alone, at 127.0.0.1.",
      "graft watch");
  app.add_option("DIR", request.folder, "the folder of a run or of a comparison")->required()->type_name("DIR");
  app.add_option("--port", request.port, "where to listen; 0: any port that is free (default: 8265)")
      ->type_name("N")
      ->check(CLI::Range(0, 65535));
  app.add_option("--answer-to", request.answer_to)->group("");  // for this program itself
  app.footer("  graft watch runs/quickstart\n  graft watch runs/quickstart-study --port 0\n");
  return read_arguments(app, arguments);
}

core::StudyResults results_of(const fs::path& folder) {
  return is_study_folder(folder) ? results_in_folder(folder) : core::results_of_run(folder);
}

// When a file was written, and how long it is.
std::string stamp_of(const fs::path& file) {
  std::error_code none;
  const auto when = fs::last_write_time(file, none).time_since_epoch().count();
  return none ? "-;" : std::to_string(when) + " " + std::to_string(fs::file_size(file, none)) + ";";
}

// A folder that something may be at work in. What is costly is done anew only where there is something new.
class Watched {
 public:
  explicit Watched(fs::path folder) : folder_(std::move(folder)) {}

  // Changes whenever the page does.
  std::string stamp() const {
    const auto results = results_of(folder_);
    auto all = results_stamp(results);
    for_each_run(results, [&](const core::StudyRun&, const fs::path& folder) { all += stamp_of(folder / "rounds.jsonl"); });
    return all;
  }

  // How far it is, in words.
  std::string standing() {
    std::size_t done = 0, failed = 0, runs = 0;
    std::int64_t rounds = 0;
    for_each_run(results_of(folder_), [&](const core::StudyRun& run, const fs::path& folder) {
      ++runs;
      done += run.state == RunState::done;
      failed += run.state == RunState::failed;
      rounds += rounds_in(folder);
    });
    if (runs == 1) return core::many_text(rounds, "round") + (done == 1 ? ", done" : failed == 1 ? ", failed" : "");
    const auto bad = failed > 0 ? ", " + std::to_string(failed) + " failed" : "";
    return std::to_string(done) + " of " + std::to_string(runs) + " runs done" + bad + ", " + core::many_text(rounds, "round") +
           " in all so far";
  }

  std::string data() {
    const auto now = stamp();
    if (now == drawn_) return data_;
    auto results = results_of(folder_);
    if (const auto known = results_stamp(results); known != compared_) {
      comparison_ = compared_as_it_is(std::move(results));
      compared_ = known;
    }
    data_ = core::page_data(comparison_, true);
    drawn_ = now;
    return data_;
  }

 private:
  struct Counted {
    std::string stamp;
    std::int64_t rounds = 0;
  };

  template <class Take>
  void for_each_run(const core::StudyResults& results, const Take& take) const {
    for (const auto& variant : results.variants) {
      for (const auto& run : variant.runs) take(run, run.folder.empty() ? fs::path() : folder_ / run.folder);
    }
  }

  // Of what statistics are made of.
  std::string results_stamp(const core::StudyResults& results) const {
    auto all = stamp_of(folder_ / "study.json");
    for_each_run(results, [&](const core::StudyRun&, const fs::path& folder) {
      all += stamp_of(folder / "manifest.toml") + stamp_of(folder / "summary.json");
    });
    return all;
  }

  std::int64_t rounds_in(const fs::path& run) {
    const auto stamp = stamp_of(run / "rounds.jsonl");
    auto& known = known_[run.native()];
    if (known.stamp != stamp) known = {stamp, records_in(run)};
    return known.rounds;
  }

  fs::path folder_;
  std::map<std::string, Counted> known_{};
  core::Comparison comparison_{};
  std::string compared_{}, drawn_{}, data_{};  // at which stamps, and the page's data
};

}  // namespace

int watch_verb(const Arguments& arguments) {
  WatchRequest request;
  if (!read_request(arguments, request)) return 0;
  const fs::path folder = request.folder;
  const bool alone = request.answer_to < 0;  // else by a command that begins a run there just now
  if (alone && !is_study_folder(folder) && !fs::exists(folder / "rounds.jsonl")) {
    throw Error(Exit::usage,
                "'" + folder.string() + "' is no folder of a run or a comparison: it has neither rounds.jsonl nor study.json",
                "runs and comparisons lie in runs/NAME, or where --out put them");
  }
  Watched watched(folder);
  const PageServer server(request.port,
                          {[&] { return watched.data(); }, [&] { return watched.stamp(); }, [&] { return watched.standing(); }});
  const auto address = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
  const auto& interrupted = listen_for_interrupts();
  if (alone) {
    std::cout << folder.string() << " is at " << address << std::endl << "Ctrl-C ends this" << std::endl;
  } else {
    core::begin_child(request.answer_to);
    core::answer_line(request.answer_to, nlohmann::json{{"address", address}}.dump());
  }
  while (!interrupted) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  return 0;
}

}  // namespace graft
