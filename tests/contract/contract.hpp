// The contract between host and plugin as named cases: what `graft check FILE.so` runs, and CI on our own plugins.
#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace graft::contract {

enum class Status { passed, failed, crashed, timed_out, skipped };
const char* status_text(Status status);  // "timed out"

struct Result {
  std::string name;  // of the case: "lanes-agree"
  Status status = Status::passed;
  std::string why;  // one line, empty where it passed
  double seconds = 0;
  std::string kind{};  // of the plugin, where the case opened it
  std::string hung{};  // the hook that did, where one did
};

struct CaseFacts {
  const char *name, *what;  // "lanes-agree", "one lane and several give the same model"
};
std::vector<CaseFacts> cases();  // in the order in which they run

struct Request {
  std::filesystem::path file;                 // the plugin's library
  std::vector<std::string> only{};            // names of cases; none: all
  std::uint64_t seed = 0;                     // of what a case draws
  std::vector<std::string> options{};         // of the plugin, in every case that plays, and looked at there: "rank=4"
  double limit_s = 120;                       // for each case; each of its hooks has 20 at most
  bool in_process = false;                    // in this process, for a debugger: a crash ends it, and limit_s is a hook's; 0: none
  std::function<void(const Result&)> tell{};  // as each ends, in the order of cases()
  const std::atomic<bool>* stop = nullptr;    // set: the children are ended, and Error(Exit::interrupted) is thrown
};

// Each case in a process of its own, which this program starts anew with `check FILE --only NAME --in-process`. A file that is
// refused fails the cases that look at files, and the others are skipped. Where a hook hangs, what has not begun is skipped, unless
// `only` asks for it. An unknown name in `only` is exit 2 with the nearest one, and so is an option that the plugin does not take.
std::vector<Result> check(const Request& request);
std::size_t cases_at_once();  // how many processes

// {"plugin", "kind", "seed", "options", "cases": [{"name", "status", "why", "seconds"}, …]}, one line: what `graft check --json`
// prints.
std::string to_json(const Request& request, const std::vector<Result>& results);
std::string to_json(const core::Error& error);  // {"error", "more", "exit"}: why there are no results

// The one case in such a line; none where the text has no such line. An error in it is thrown.
std::optional<Result> result_in(const std::string& text);

}  // namespace graft::contract
