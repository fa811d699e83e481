// By posix_spawn: LibTorch has threads, so never by a bare fork.
#include "core/base/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/files.hpp"
#include "core/base/text.hpp"

namespace graft::core {

namespace {

constexpr int kAnswer = 3;                             // the child's descriptor
constexpr std::size_t kMostText = 1024 * 1024;         // bytes kept of what a child prints
constexpr std::size_t kMostAnswer = 64 * 1024 * 1024;  // bytes of an answer: who has more to say is ended
constexpr int kReads = 16;                             // of a pipe at a time: who writes for ever holds nobody up
constexpr int kEnds[] = {SIGINT, SIGTERM, SIGPIPE};

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (auto& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

// This program's, with `set` in place of what has the same names.
std::vector<std::string> environment(const std::vector<std::string>& set) {
  auto all = set;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string text = *one, name = text.substr(0, text.find('=') + 1);
    if (std::none_of(set.begin(), set.end(), [&](const std::string& own) { return own.starts_with(name); })) all.push_back(text);
  }
  return all;
}

Error not_started(int reason) {
  return {Exit::failed, std::string("this program cannot be started once more: ") + strerror(reason)};
}

// The reading end, which does not wait, and the writing end; neither is inherited unless asked for.
std::pair<int, int> made_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw not_started(errno);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {ends[0], ends[1]};
}

// A file in memory with these bytes, to be read from its beginning; none for none.
int made_input(std::string_view input) {
  if (input.empty()) return -1;
  const int file = memfd_create("input", MFD_CLOEXEC);
  if (file < 0 || !write_all(file, input) || lseek(file, 0, SEEK_SET) != 0) throw not_started(errno);
  return file;
}

// The child's process, or 0 and in errno why there is none.
pid_t spawned(std::vector<std::string> words, std::vector<std::string> variables, int input, int answer, int said) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  posix_spawn_file_actions_init(&files);
  if (input >= 0) posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  if (input < 0) posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&files, said, STDERR_FILENO);
  posix_spawn_file_actions_adddup2(&files, answer, kAnswer);
  posix_spawnattr_init(&how);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&how, 0);
  sigset_t plain;
  sigemptyset(&plain);
  for (const int number : kEnds) sigaddset(&plain, number);
  posix_spawnattr_setsigdefault(&how, &plain);
  pid_t process = 0;
  errno = posix_spawn(&process, "/proc/self/exe", &files, &how, pointers(words).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&how);
  return errno == 0 ? process : 0;
}

}  // namespace

ChildProcess::ChildProcess(std::vector<std::string> words, const std::vector<std::string>& set, std::string_view input) {
  words.insert(words.begin(), "graft");
  words.insert(words.end(), {"--answer-to", std::to_string(kAnswer)});
  const int given = made_input(input);
  const auto [answer, answer_in] = made_pipe();
  const auto [said, said_in] = made_pipe();
  answer_.end = answer;
  said_.end = said;
  process_ = spawned(std::move(words), environment(set), given, answer_in, said_in);
  const int reason = errno;
  if (given >= 0) close(given);
  close(answer_in);
  close(said_in);
  if (process_ == 0) throw not_started(reason);
}

ChildProcess::~ChildProcess() {
  if (process_ > 0) end();
  for (const int end : {answer_.end, said_.end}) close(end);
}

void ChildProcess::Pipe::read() {
  char bytes[64 * 1024];
  ssize_t count = 0;
  for (int i = 0; i < kReads && (count = ::read(end, bytes, sizeof bytes)) > 0; ++i) {
    text.append(bytes, std::size_t(count));
    if (only_end && text.size() > 2 * kMostText) text.erase(0, text.size() - kMostText);
  }
}

std::optional<int> ChildProcess::ended() {
  answer_.read();
  said_.read();
  if (answer_.text.size() > kMostAnswer) return end();
  siginfo_t end{};
  const bool known = waitid(P_PID, id_t(process_), &end, WEXITED | WNOHANG | WNOWAIT) == 0;
  return !known || end.si_pid != 0 ? std::optional(this->end()) : std::nullopt;
}

int ChildProcess::end() {
  kill(-process_, SIGKILL);  // before it is waited for: until then nobody else has its number
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  answer_.read();
  said_.read();
  return status;
}

void ChildProcess::interrupt() {
  if (process_ > 0) kill(process_, SIGINT);
}

std::vector<nlohmann::json> ChildProcess::take_answers() {
  auto& text = answer_.text;
  std::vector<nlohmann::json> answers;
  std::size_t start = 0;
  for (auto end = text.find('\n'); end != std::string::npos; start = end + 1, end = text.find('\n', start)) {
    auto answer = nlohmann::json::parse(text.substr(start, end - start), nullptr, false);
    if (answer.is_object()) answers.push_back(std::move(answer));
  }
  text.erase(0, start);
  return answers;
}

std::string ChildProcess::last_words() const {
  const auto& text = said_.text;
  std::string last;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    if (end > start) last = text.substr(start, end - start);
    start = end + 1;
  }
  return harmless(last);
}

void begin_child(int descriptor) {
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  pollfd other{descriptor, 0, 0};
  const bool nobody_reads = poll(&other, 1, 0) > 0;  // it had ended before that
  if (nobody_reads) _exit(int(Exit::interrupted));
}

void answer_line(int descriptor, std::string_view line) {
  if (write_all(descriptor, std::string(line) + "\n")) return;
  throw Error(Exit::failed, std::string("the one that started this process does not listen: ") + strerror(errno));
}

}  // namespace graft::core
