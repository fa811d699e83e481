// plugins.lock: the plugins that the manifests of a folder may load, byte for byte.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace graft::core {

struct LockedPlugin {
  std::string id, version, sha256;  // sha256: 64 hex digits
  bool plain = false;               // of several versions, the one that `use = "ID"` means
};

struct PluginLock {
  std::filesystem::path file;
  std::vector<LockedPlugin> plugins;  // an id may stand several times, in several versions; one of them may be plain
};

// The lock of the manifests in a folder; nothing where there is none. A broken one is exit 2 at file:line:column.
std::optional<PluginLock> read_lock(const std::filesystem::path& folder);

// Replaces the lock of a folder, and returns its file.
std::filesystem::path write_lock(const std::filesystem::path& folder, const std::vector<LockedPlugin>& plugins);

// Gives a folder the lock of another, or none where that has none.
void copy_lock(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace graft::core
