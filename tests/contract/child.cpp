// Starts a case, and makes a result of its answer and of its end.
#include "tests/contract/child.hpp"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cerrno>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace graft::contract {

namespace fs = std::filesystem;

namespace {

constexpr double kGrace = 5;  // seconds beyond the limit, in which the child itself names the hook that hangs

std::vector<std::string> words_of(const Request& request, const Case& one) {
  return {
      "check",   fs::absolute(request.file).string(), "--only", one.name, "--in-process", "--seed", std::to_string(request.seed),
      "--limit", std::to_string(request.limit_s)};
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
  return Result{case_.name, Status::timed_out, "it took longer than " + core::seconds_text(limit_s_) + ", outside of any hook",
                seconds()};
}

Result Child::judged(int status) const {
  const auto said = process_.last_words();
  const auto told = result_in(process_.answer());
  const bool by_signal = WIFSIGNALED(status), well = !by_signal && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 3);
  if (told && (well || !case_.to_the_end)) return *told;
  Result result{case_.name, Status::crashed, said, seconds()};
  if (by_signal) {
    result.why = "the process was ended by SIG" + std::string(sigabbrev_np(WTERMSIG(status))) + (told ? " after the case" : "");
  } else if (seconds() >= limit_s_) {
    result.status = Status::timed_out;  // the watch on hooks ended it, and said which
  } else if (said.empty()) {
    result.why = "the process ended by itself, with status " + std::to_string(WEXITSTATUS(status));
  }
  return result;
}

}  // namespace graft::contract
