// Standard output and error go through files, so that no pipe can fill up.
#include "tests/program/program.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace graft::tests {

Folder::Folder() {
  auto pattern = (fs::temp_directory_path() / "graft-program-XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Folder::manifest(const std::string& strategy, const std::string& more) const {
  write("small.toml", R"(rounds = 3
device = "cpu"
[data]
source = "shapes"
classes = 4
samples = 24
clients = 4
[backbone]
image_size = 16
width = 32
depth = 2
heads = 2
[training]
batch = 8
cohort = 2
[strategy]
use = ")" + strategy + "\"\n" +
                          more);
  return "small.toml";
}

void Folder::write(const std::string& name, const std::string& text) const {
  fs::create_directories((path_ / name).parent_path());
  std::ofstream(path_ / name, std::ios::binary) << text;
}

std::string Folder::read(const std::string& name) const {
  std::ostringstream text;
  text << std::ifstream(path_ / name, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<std::string> Folder::names(const std::string& folder) const {
  std::vector<std::string> names;
  if (!fs::exists(path_ / folder)) return names;
  for (const auto& file : fs::directory_iterator(path_ / folder)) names.push_back(file.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

pid_t Folder::start(const Words& words) const {
  std::vector<char*> arguments{const_cast<char*>("graft")};
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const auto files = path_.string() + ".";
  const pid_t program = fork();
  if (program != 0) return program;
  const int out = open((files + "out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int err = open((files + "err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  setenv("OMP_NUM_THREADS", "1", 1);
  if (chdir(path_.c_str()) == 0) execv(GRAFT_PROGRAM, arguments.data());
  _exit(126);
}

Outcome Folder::end(pid_t program) const {
  int status = 0;
  waitpid(program, &status, 0);
  Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                  read("../" + path_.filename().string() + ".out"), read("../" + path_.filename().string() + ".err")};
  for (const auto* file : {".out", ".err"}) fs::remove(path_.string() + file);
  return outcome;
}

Outcome Folder::graft(const Words& words) const { return end(start(words)); }

}  // namespace graft::tests
