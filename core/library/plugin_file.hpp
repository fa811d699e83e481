// A plugin's library as a file: what messages call it, and what is read and opened of it.
#pragma once
#include <filesystem>

namespace graft::core {

struct PluginFile {
  PluginFile(const std::filesystem::path& file);  // opened where it lies
  std::filesystem::path path;                     // from the root, as messages name it
  std::filesystem::path opened;                   // the same, or a copy in memory
};

// A copy that lies in memory and that nobody can change: what is hashed there is what is opened. It stays for ever, as an opened
// library does. A file that is none, or cannot be read, is exit 3.
PluginFile sealed(const std::filesystem::path& file);

}  // namespace graft::core
