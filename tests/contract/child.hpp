// One case in a process of its own, and a folder for what it leaves.
#pragma once
#include <chrono>
#include <optional>

#include "core/base/child_process.hpp"
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
  // Its result once it has ended, or run out of time. Does not wait.
  std::optional<Result> ended();

 private:
  double seconds() const;
  Result judged(int status) const;

  const Case& case_;
  double limit_s_;
  std::chrono::steady_clock::time_point start_;
  core::ChildProcess process_;
};

}  // namespace graft::contract
