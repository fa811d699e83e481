// A folder's page while something goes on in it, served by a process of its own: what plugins do to this one does not reach it.
#pragma once
#include <memory>
#include <string>

#include "core/base/child_process.hpp"

namespace graft {

class WatchedFolder {
 public:
  // Says on standard error where the page is; nothing where `folder` is "". That it cannot be served is a warning.
  explicit WatchedFolder(const std::string& folder);
  WatchedFolder(WatchedFolder&&) = delete;
  ~WatchedFolder();

 private:
  std::unique_ptr<core::ChildProcess> process_{};  // ends with this
};

}  // namespace graft
