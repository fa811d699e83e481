// Walks the folders: FOLDER/ID.so, and the versions beside it in FOLDER/ID/VERSION/ID.so.
#include "core/library/find.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>
#include <utility>

namespace graft::core {

namespace fs = std::filesystem;

namespace {

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

fs::path installed_folder() {
  std::error_code none;
  const auto program = fs::read_symlink("/proc/self/exe", none);
  return program.empty() ? fs::path() : (program.parent_path() / "../lib/graft/plugins").lexically_normal();
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code unreadable;  // a folder that is not there holds no plugins
  for (fs::directory_iterator at(folder, unreadable), end; !unreadable && at != end; at.increment(unreadable)) {
    entries.push_back(at->path());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

// Where a link ends; of a link that leads nowhere, the link itself.
fs::path end_of(const fs::path& file) {
  std::error_code broken;
  auto end = fs::canonical(file, broken);
  return broken ? fs::absolute(file).lexically_normal() : end;
}

// "1.0.0" where a plain file leads to FOLDER/ID/1.0.0/ID.so.
std::string version_folder(const fs::path& file, const std::string& id) {
  const auto end = end_of(file), of_id = end.parent_path().parent_path();
  const bool inside = end.filename() == id + ".so" && of_id.filename() == id && of_id.parent_path() == end_of(file.parent_path());
  return inside ? end.parent_path().filename().string() : "";
}

void add_versions(const fs::path& folder, const fs::path& of_id, std::vector<Found>& all) {
  const auto id = of_id.filename().string();
  std::error_code none;
  for (const auto& version : sorted_entries(of_id)) {
    const auto file = version / (id + ".so");
    if (fs::is_regular_file(file, none)) all.push_back({id, version.filename().string(), file, folder, false});
  }
}

std::vector<Found> in_folder(const fs::path& folder) {
  std::vector<Found> all;
  std::error_code none;
  for (const auto& entry : sorted_entries(folder)) {
    if (fs::is_directory(entry, none)) {
      add_versions(folder, entry, all);
    } else if (entry.extension() == ".so") {
      const auto id = entry.stem().string();
      all.push_back({id, version_folder(entry, id), entry, folder, true});
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Found& a, const Found& b) { return std::tuple(a.id, !a.plain) < std::tuple(b.id, !b.plain); });
  return all;
}

std::vector<fs::path> named_folders(const std::vector<fs::path>& from_manifest) {
  std::vector<fs::path> folders;
  std::istringstream listed(environment("GRAFT_PLUGIN_PATH"));
  for (std::string folder; std::getline(listed, folder, ':');) folders.emplace_back(folder);
  folders.insert(folders.end(), from_manifest.begin(), from_manifest.end());
  return folders;
}

}  // namespace

fs::path users_plugin_folder() {
  if (const auto data = environment("XDG_DATA_HOME"); !data.empty()) return fs::path(data) / "graft/plugins";
  if (const auto home = environment("HOME"); !home.empty()) return fs::path(home) / ".local/share/graft/plugins";
  return {};
}

std::vector<fs::path> plugin_folders(const std::vector<fs::path>& from_manifest) {
  auto folders = named_folders(from_manifest);
  folders.push_back(users_plugin_folder());
  folders.push_back(installed_folder());
  std::erase_if(folders, [](const fs::path& folder) { return folder.empty(); });
  return folders;
}

std::vector<fs::path> missing_plugin_folders(const std::vector<fs::path>& from_manifest) {
  auto folders = named_folders(from_manifest);
  std::erase_if(folders, [](const fs::path& folder) {
    std::error_code none;
    return folder.empty() || fs::is_directory(folder, none);
  });
  return folders;
}

std::vector<Found> all_plugins(const std::vector<fs::path>& folders) {
  std::vector<Found> all;
  std::set<std::pair<std::string, fs::path>> seen;
  for (const auto& folder : folders) {
    for (auto& found : in_folder(folder)) {
      if (seen.emplace(found.id, end_of(found.file)).second) all.push_back(std::move(found));
    }
  }
  return all;
}

std::vector<Found> find_plugins(const std::vector<fs::path>& folders) {
  std::map<std::string, Found> first;
  for (auto& found : all_plugins(folders)) {
    if (found.plain) first.try_emplace(found.id, std::move(found));
  }
  std::vector<Found> plugins;
  for (auto& [id, found] : first) plugins.push_back(std::move(found));
  return plugins;
}

}  // namespace graft::core
