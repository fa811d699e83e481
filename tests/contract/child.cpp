// Starts a case by posix_spawn (LibTorch has threads, so never by a bare fork), reads both its pipes, and makes a result of its
// end.
#include "tests/contract/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace graft::contract {

namespace fs = std::filesystem;

namespace {

constexpr double kGrace = 5;                    // seconds beyond the limit, in which the child itself names the hook that hangs
constexpr std::size_t kMostText = 1024 * 1024;  // bytes kept of what a child writes
constexpr int kEnds[] = {SIGINT, SIGTERM, SIGPIPE};

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (auto& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

// This program's, but that one thread computes, and that what is left lies in one folder.
std::vector<std::string> environment(const fs::path& folder) {
  const std::vector<std::string> set = {"OMP_NUM_THREADS=1", "MKL_NUM_THREADS=1", "TMPDIR=" + folder.string()};
  auto all = set;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string text = *one, name = text.substr(0, text.find('=') + 1);
    if (std::none_of(set.begin(), set.end(), [&](const std::string& own) { return own.starts_with(name); })) all.push_back(text);
  }
  return all;
}

core::Error not_started(int reason) {
  return {core::Exit::failed, std::string("graft check: a child process cannot be started: ") + strerror(reason)};
}

// The reading end, which does not wait, and the writing end; neither is inherited unless asked for.
std::pair<int, int> made_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw not_started(errno);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {ends[0], ends[1]};
}

pid_t spawned(std::vector<std::string> words, std::vector<std::string> set, int out, int err) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
  posix_spawnattr_init(&how);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&how, 0);
  sigset_t plain;
  sigemptyset(&plain);
  for (const int number : kEnds) sigaddset(&plain, number);
  posix_spawnattr_setsigdefault(&how, &plain);
  pid_t process = -1;
  const int failed = posix_spawn(&process, "/proc/self/exe", &files, &how, pointers(words).data(), pointers(set).data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&how);
  if (failed != 0) throw not_started(failed);
  return process;
}

std::string last_words(const std::string& text) {
  std::string last;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    if (end > start) last = text.substr(start, end - start);
    start = end + 1;
  }
  return core::harmless(last);
}

std::string number_text(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", number);
  return text;
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

void Child::Pipe::read() {
  char bytes[4096];
  for (ssize_t count = 0; end >= 0 && (count = ::read(end, bytes, sizeof bytes)) > 0;) {
    text.append(bytes, count);
    if (text.size() > 2 * kMostText) text.erase(0, text.size() - kMostText);
  }
}

Child::Child(const Request& request, const Case& one, const fs::path& folder)
    : case_(one), limit_s_(request.limit_s), start_(std::chrono::steady_clock::now()) {
  const auto own = folder / one.name;
  fs::create_directories(own);
  const auto [out, out_in] = made_pipe();
  const auto [err, err_in] = made_pipe();
  out_.end = out;
  err_.end = err;
  process_ = spawned({"graft", "check", fs::absolute(request.file).string(), "--only", one.name, "--in-process", "--json", "--seed",
                      std::to_string(request.seed), "--limit", number_text(request.limit_s)},
                     environment(own), out_in, err_in);
  close(out_in);
  close(err_in);
}

Child::~Child() {
  if (process_ > 0) finish();
  for (const int end : {out_.end, err_.end}) {
    if (end >= 0) close(end);
  }
}

double Child::seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

std::optional<Result> Child::ended() {
  out_.read();
  err_.read();
  siginfo_t end{};
  waitid(P_PID, process_, &end, WEXITED | WNOHANG | WNOWAIT);
  const bool late = end.si_pid == 0 && seconds() >= limit_s_ + kGrace;
  if (end.si_pid == 0 && !late) return std::nullopt;
  const int status = finish();
  if (!late) return judged(status);
  return Result{case_.name, Status::timed_out, "it took longer than " + number_text(limit_s_) + " s, outside of any hook",
                seconds()};
}

int Child::finish() {
  kill(-process_, SIGKILL);  // before it is waited for: until then nobody else has its number
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  out_.read();
  err_.read();
  return status;
}

Result Child::judged(int status) const {
  const auto said = last_words(err_.text);
  const auto told = result_in(out_.text);
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
