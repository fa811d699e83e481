// By memfd_create, whose seals not even this process can take back.
#include "core/library/plugin_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/base/files.hpp"
#include "core/library/plugin_parts.hpp"

namespace graft::core {

namespace fs = std::filesystem;

namespace {

// Plainer where it means the same: what ".." is, behind a link, the system knows.
fs::path from_root(const fs::path& file) {
  const auto whole = fs::absolute(file);
  return std::find(whole.begin(), whole.end(), fs::path("..")) == whole.end() ? whole.lexically_normal() : whole;
}

}  // namespace

PluginFile::PluginFile(const fs::path& file) : path(from_root(file)), opened(path) {}

PluginFile sealed(const fs::path& file, const std::string& bytes) {
  PluginFile copy(file);
  // Never closed: the loader knows libraries by their names, and this number must not be another's.
  const int memory = memfd_create("plugin", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  const bool done = memory >= 0 && write_all(memory, bytes) &&
                    fcntl(memory, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0;
  if (!done)
    throw Error(Exit::failed, copy.path.string() + ": cannot be copied into memory: " + std::generic_category().message(errno));
  copy.opened = "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(memory);  // not self: a debugger reads it too
  return copy;
}

}  // namespace graft::core
