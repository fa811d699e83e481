// Takes plugins' libraries out of an archive that anybody may have made.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace graft {

struct Member {
  std::string name;  // as the archive has it
  std::filesystem::path file;
};

// The regular files *.so of a .tar (.gz, .xz, .bz2, .zst), .zip or .7z, each by its base name in a folder of its own below `into`:
// paths, links and modes of the archive are not followed. What cannot be read, is encrypted, or holds more than it may is exit 3.
std::vector<Member> libraries_of_archive(const std::filesystem::path& archive, const std::filesystem::path& into);

}  // namespace graft
