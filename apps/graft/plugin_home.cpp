// Every change is a file written beside and renamed, so that a run that starts meanwhile finds one version or the other.
#include "apps/graft/plugin_home.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/error.hpp"
#include "core/base/files.hpp"
#include "core/base/log.hpp"
#include "core/library/find.hpp"
#include "core/report/provenance_json.hpp"

namespace graft {

namespace fs = std::filesystem;

namespace {

using core::Error;
using core::Exit;

constexpr std::size_t kLargestNote = 1 << 20;

fs::path home() {
  auto folder = core::users_plugin_folder();
  if (!folder.empty()) return folder;
  throw Error(Exit::usage, "there is no folder for a user's plugins: neither XDG_DATA_HOME nor HOME is set");
}

// Others may read and use it, whatever the umask.
void make_folder(const fs::path& folder) {
  if (fs::exists(folder)) return;
  make_folder(folder.parent_path());
  fs::create_directory(folder);
  chmod(folder.c_str(), 0755);
}

// The folder that a descriptor holds may have been removed, and made anew, by who held it before.
bool is_still(int descriptor, const fs::path& folder) {
  struct stat held {
  }, there{};
  return fstat(descriptor, &held) == 0 && stat(folder.c_str(), &there) == 0 && held.st_ino == there.st_ino &&
         held.st_dev == there.st_dev;
}

// Makes the folder and takes it; -1 where another graft has it. Not every file system has locks.
int taken(const fs::path& folder) {
  make_folder(folder);
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) return -1;  // who held it has just removed it
  if (descriptor < 0) throw Error(Exit::failed, "cannot open '" + folder.string() + "': " + std::generic_category().message(errno));
  const bool others = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  if (!others && is_still(descriptor, folder)) return descriptor;
  close(descriptor);
  return -1;
}

void clear_staging(const fs::path& folder) {
  std::vector<fs::path> left;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with(kStaging)) left.push_back(entry.path());
  }
  std::error_code none;
  for (const auto& path : left) fs::remove_all(path, none);
}

std::string when_added(const fs::path& library) {
  const auto note = library.parent_path() / core::kProvenanceFile;
  std::error_code none;
  if (!fs::exists(note, none)) return "";
  const auto json = nlohmann::json::parse(core::read_whole(note, Exit::plugin, kLargestNote), nullptr, false);
  return json.is_object() && json.contains("at") && json["at"].is_string() ? json["at"].get<std::string>() : "";
}

}  // namespace

HomeLock::HomeLock(const std::atomic<bool>& stop) : folder_(home()) {
  constexpr auto kAgain = std::chrono::milliseconds(100);
  bool said = false;
  while ((descriptor_ = taken(folder_)) < 0) {
    if (stop) throw Error(Exit::interrupted, "interrupted");
    if (!std::exchange(said, true))
      core::log(core::Level::information, "waiting for another graft that changes " + folder_.string());
    std::this_thread::sleep_for(kAgain);
  }
  clear_staging(folder_);
}

HomeLock::~HomeLock() {
  std::error_code not_empty;
  fs::remove(folder_, not_empty);
  if (descriptor_ >= 0) close(descriptor_);
}

std::vector<HomePlugin> plugins_at_home(const std::string& id) {
  std::vector<HomePlugin> all;
  std::error_code none;
  for (const auto& folder : fs::directory_iterator(home() / id, none)) {
    const auto file = folder.path() / (id + ".so");
    auto added = when_added(file);
    if (!added.empty() && fs::exists(file, none)) all.push_back({id, folder.path().filename().string(), std::move(added), file});
  }
  std::ranges::sort(all, {}, &HomePlugin::added);
  return all;
}

fs::path place_at_home(const std::string& id, const std::string& version) { return home() / id / version / (id + ".so"); }

std::optional<std::string> linked_at_home(const std::string& id) {
  const auto link = home() / (id + ".so");
  std::error_code none;
  const auto status = fs::symlink_status(link, none);
  if (!fs::exists(status)) return {};
  const auto end = fs::is_symlink(status) ? fs::read_symlink(link) : fs::path();
  const bool ours = end.is_relative() && end.filename() == id + ".so" && end.parent_path().parent_path() == id;
  if (ours) return end.parent_path().filename().string();
  throw Error(Exit::usage,
              link.string() + ": was not put there by 'graft plugins add', and stands where its link would; move it away");
}

void put_home(const fs::path& library, const std::string& id, const std::string& version, const nlohmann::ordered_json& note) {
  const auto file = place_at_home(id, version);
  make_folder(file.parent_path());
  const auto written = [](const fs::path& path, const std::string& text) {
    core::write_whole(path, text);
    chmod(path.c_str(), 0644);
  };
  written(file.parent_path() / core::kProvenanceFile, note.dump(2) + "\n");
  written(file, core::read_whole(library, Exit::plugin));
  link_at_home(id, version);
}

void link_at_home(const std::string& id, const std::string& version) {
  const auto link = home() / (id + ".so"), beside = fs::path(link.string() + ".part");
  fs::remove(beside);
  fs::create_symlink(fs::path(id) / version / (id + ".so"), beside);
  fs::rename(beside, link);
}

std::optional<std::string> remove_from_home(const HomePlugin& plugin) {
  const auto linked = linked_at_home(plugin.id);
  std::vector<HomePlugin> left = plugins_at_home(plugin.id);
  std::erase_if(left, [&](const HomePlugin& one) { return one.version == plugin.version; });
  if (linked == plugin.version && !left.empty()) link_at_home(plugin.id, left.back().version);
  if (linked == plugin.version && left.empty()) fs::remove(home() / (plugin.id + ".so"));
  fs::remove(plugin.file);
  fs::remove(plugin.file.parent_path() / core::kProvenanceFile);
  std::error_code not_empty;  // what else lies there is not ours
  fs::remove(plugin.file.parent_path(), not_empty);
  fs::remove(home() / plugin.id, not_empty);
  return linked_at_home(plugin.id);
}

}  // namespace graft
