// One case in a process of its own, started anew with this program; and a folder for what it leaves.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <optional>

#include "tests/contract/case.hpp"
#include "tests/contract/contract.hpp"

namespace graft::contract {

class TemporaryFolder {  // new and empty, removed at the end with all that is in it
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class Child {
 public:
  // Its temporary files lie in a folder of its own in `folder`. What cannot be started is Error(Exit::failed).
  Child(const Request& request, const Case& one, const std::filesystem::path& folder);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();  // ends it, and whatever it started
  // Reads what it has written; its result once it has ended, or run out of time. Does not wait.
  std::optional<Result> ended();

 private:
  struct Pipe {
    int end = -1;
    std::string text;
    void read();
  };
  double seconds() const;
  Result judged(int status) const;
  int finish();  // ends it and what it started; its status

  const Case& case_;
  double limit_s_;
  std::chrono::steady_clock::time_point start_;
  pid_t process_ = -1;
  Pipe out_, err_;
};

}  // namespace graft::contract
