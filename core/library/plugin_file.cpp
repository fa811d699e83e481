// By memfd_create, whose seals not even this process can take back.
#include "core/library/plugin_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/base/files.hpp"
#include "core/library/plugin_parts.hpp"

namespace graft::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLargest = std::size_t(1) << 30;

bool write_all(int descriptor, const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const auto written = ::write(descriptor, bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) done += static_cast<std::size_t>(written);
  }
  return true;
}

}  // namespace

PluginFile::PluginFile(const fs::path& file) : path(fs::absolute(file).lexically_normal()), opened(path) {}

PluginFile sealed(const fs::path& file) {
  PluginFile copy(file);
  if (!fs::is_regular_file(copy.path)) throw refused(copy.path, "is no regular file, expected a plugin's library");
  const auto bytes = read_whole(copy.path, Exit::plugin, kLargest);
  // Never closed: the loader knows libraries by their names, and this number must not be another's.
  const int memory = memfd_create(copy.path.filename().c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
  const bool done = memory >= 0 && write_all(memory, bytes) &&
                    fcntl(memory, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0;
  if (!done)
    throw Error(Exit::failed, copy.path.string() + ": cannot be copied into memory: " + std::generic_category().message(errno));
  copy.opened = "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(memory);  // not self: a debugger reads it too
  return copy;
}

}  // namespace graft::core
