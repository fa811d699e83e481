// Where plugins lie.
#include <cstdlib>
#include <map>
#include <sstream>

#include "core/library/plugin.hpp"

namespace graft::core {

namespace fs = std::filesystem;

namespace {

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

// Below the user's data folder; empty where there is none.
fs::path users_folder() {
  if (const auto data = environment("XDG_DATA_HOME"); !data.empty()) return fs::path(data) / "graft/plugins";
  if (const auto home = environment("HOME"); !home.empty()) return fs::path(home) / ".local/share/graft/plugins";
  return {};
}

fs::path installed_folder() {
  std::error_code none;
  const auto program = fs::read_symlink("/proc/self/exe", none);
  return program.empty() ? fs::path() : (program.parent_path() / "../lib/graft/plugins").lexically_normal();
}

}  // namespace

std::vector<fs::path> plugin_folders(const std::vector<fs::path>& from_manifest) {
  std::vector<fs::path> folders;
  std::istringstream listed(environment("GRAFT_PLUGIN_PATH"));
  for (std::string folder; std::getline(listed, folder, ':');) folders.emplace_back(folder);
  folders.insert(folders.end(), from_manifest.begin(), from_manifest.end());
  folders.push_back(users_folder());
  folders.push_back(installed_folder());
  std::erase_if(folders, [](const fs::path& folder) { return folder.empty(); });
  return folders;
}

std::vector<Found> find_plugins(const std::vector<fs::path>& folders) {
  std::map<std::string, fs::path> first;
  for (const auto& folder : folders) {
    std::error_code unreadable;  // a folder that is not there holds no plugins
    for (const auto& entry : fs::directory_iterator(folder, unreadable)) {
      const auto& file = entry.path();
      if (file.extension() == ".so" && !entry.is_directory(unreadable)) first.try_emplace(file.stem().string(), file);
    }
  }
  std::vector<Found> found;
  for (const auto& [id, file] : first) found.push_back({id, file});
  return found;
}

}  // namespace graft::core
