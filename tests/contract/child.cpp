// Starts a case, and makes a result of its answer and of its end.
#include "tests/contract/child.hpp"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace graft::contract {

namespace fs = std::filesystem;

namespace {

constexpr double kHookLimit = 20;  // seconds, of a case's
constexpr double kGrace = 5;       // seconds beyond the limit, in which the child itself names the hook that hangs

double hook_limit(double limit_s) { return std::min(limit_s, kHookLimit); }

std::vector<std::string> words_of(const Request& request, const Case& one) {
  const auto file = fs::absolute(request.file).string(), limit = std::to_string(hook_limit(request.limit_s));
  std::vector<std::string> words = {"check",   file, "--only", one.name, "--in-process", "--seed", std::to_string(request.seed),
                                    "--limit", limit};
  for (const auto& option : request.options) words.insert(words.end(), {"--set", option});
  return words;
}

// The hook in the watch's line, "plugin 'x' hung in step (round 1, client 0): …"; empty in any other.
std::string hung_hook(const std::string& line) {
  constexpr std::string_view kHung = "' hung in ";
  const auto at = line.rfind(kHung);  // the plugin may have begun the line
  if (at == std::string::npos) return "";
  const auto from = at + kHung.size();
  return line.substr(from, line.find_first_of(" :", from) - from);
}

// One thread computes, and what is left lies in one folder.
std::vector<std::string> variables(const fs::path& folder) {
  fs::create_directories(folder);
  return {"OMP_NUM_THREADS=1", "MKL_NUM_THREADS=1", "TMPDIR=" + folder.string()};
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  auto pattern = (fs::temp_directory_path() / "graft-check-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    throw core::Error(core::Exit::failed, "'" + pattern + "': no folder can be made there: " + strerror(errno));
  }
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Child::Child(const Request& request, const Case& one, const fs::path& folder)
    : case_(one),
      limit_s_(request.limit_s),
      start_(std::chrono::steady_clock::now()),
      process_(words_of(request, one), variables(folder / one.name)) {}

double Child::seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

std::optional<Result> Child::ended() {
  if (const auto status = process_.ended()) return judged(*status);
  if (seconds() < limit_s_ + kGrace) return std::nullopt;
  process_.end();
  const auto limits = core::seconds_text(limit_s_) + ", no hook of it longer than " + core::seconds_text(hook_limit(limit_s_));
  return Result{case_.name, Status::timed_out, "it took longer than " + limits, seconds()};
}

Result Child::judged(int status) const {
  const auto said = process_.last_words();
  auto told = result_in(process_.answer());
  const bool by_signal = WIFSIGNALED(status), well = !by_signal && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 3);
  if (told && (well || !case_.to_the_end)) {
    told->seconds = seconds();  // with the start of its process, and its end
    return *told;
  }
  Result result{case_.name, Status::crashed, said, seconds()};
  const bool watched = !by_signal && WEXITSTATUS(status) == int(core::Exit::plugin);
  if (watched) result.hung = hung_hook(said);
  if (by_signal) {
    result.why = "the process was ended by SIG" + std::string(sigabbrev_np(WTERMSIG(status))) + (told ? " after the case" : "");
  } else if (!result.hung.empty()) {
    result.status = Status::timed_out;
  } else if (said.empty()) {
    result.why = "the process ended by itself, with status " + std::to_string(WEXITSTATUS(status));
  }
  return result;
}

}  // namespace graft::contract
