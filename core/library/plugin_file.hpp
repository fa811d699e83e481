// A plugin's library as a file: what messages call it, and what is read and opened of it.
#pragma once
#include <cstddef>
#include <filesystem>
#include <string>

namespace graft::core {

inline constexpr std::size_t kLargestLibrary = std::size_t(1) << 30;  // bytes; more is not read

struct PluginFile {
  PluginFile(const std::filesystem::path& file);  // opened where it lies
  std::filesystem::path path;                     // from the root, as messages name it
  std::filesystem::path opened;                   // the same, or a copy in memory
};

// The bytes that were read of a file, in memory, where nobody can change them: what was hashed is what is opened. They stay for
// ever, as an opened library does.
PluginFile sealed(const std::filesystem::path& file, const std::string& bytes);

}  // namespace graft::core
