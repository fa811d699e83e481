// Copies first, then looks.
#include "apps/graft/plugin_staging.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <system_error>

#include "apps/graft/archive.hpp"
#include "apps/graft/plugin_home.hpp"
#include "core/base/files.hpp"
#include "core/library/peek.hpp"
#include "core/library/plugin_file.hpp"
#include "core/library/sha256.hpp"

namespace graft {

namespace fs = std::filesystem;

namespace {

using core::Error;
using core::Exit;

constexpr int kDeepest = 4;  // folders below the one given
constexpr std::size_t kMost = 64;

std::vector<fs::path> libraries_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code unreadable;
  const auto passing = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(folder, passing, unreadable), end; !unreadable && at != end; at.increment(unreadable)) {
    const auto& path = at->path();
    std::error_code none;
    if (at->is_directory(none) && (at.depth() >= kDeepest || path.filename().string().starts_with(".")))
      at.disable_recursion_pending();
    if (path.extension() == ".so" && at->is_regular_file(none) && core::peek(path)) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

void refuse_noexec(const fs::path& folder) {
  struct statvfs facts {};
  if (statvfs(folder.c_str(), &facts) != 0 || (facts.f_flag & ST_NOEXEC) == 0) return;
  throw Error(Exit::usage, "'" + folder.string() + "' lies on a file system that is mounted noexec: no library can be opened there",
              "XDG_DATA_HOME names another place");
}

std::string from_root(const fs::path& file) { return core::PluginFile(file).path.string(); }

// Of several with one name and the same bytes the first; others leave it open which is meant.
std::vector<StagedPlugin> without_doubles(std::vector<StagedPlugin> staged) {
  std::map<std::string, StagedPlugin> by_name;
  std::vector<StagedPlugin> kept;
  for (auto& one : staged) {
    const auto [at, first] = by_name.try_emplace(one.file.filename().string(), one);
    if (!first && core::sha256_of(at->second.file) != core::sha256_of(one.file)) {
      throw Error(Exit::usage, "'" + one.file.stem().string() + "' is there twice, with different bytes: " + at->second.from +
                                   " and " + one.from + "; name the one that is meant");
    }
    if (first) kept.push_back(std::move(one));
  }
  return kept;
}

}  // namespace

Staging::Staging(const fs::path& in) {
  refuse_noexec(in);
  auto pattern = (in / kStaging).string() + "XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr)
    throw Error(Exit::failed, "cannot make a folder in '" + in.string() + "': " + std::generic_category().message(errno));
  folder_ = pattern;
}

Staging::~Staging() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

fs::path Staging::new_folder() {
  auto folder = folder_ / std::to_string(folders_++);
  fs::create_directory(folder);
  fs::permissions(folder, fs::perms::owner_all);
  return folder;
}

std::vector<StagedPlugin> Staging::stage(const fs::path& what) {
  std::error_code none;
  const auto status = fs::status(what, none);
  if (!fs::exists(status)) throw Error(Exit::usage, "'" + what.string() + "': there is no such file or folder");
  if (!fs::is_directory(status) && !fs::is_regular_file(status))  // a pipe would wait
    throw Error(Exit::usage, "'" + what.string() + "' is no regular file, expected a library, a folder or an archive");
  auto staged = fs::is_directory(status)    ? stage_folder(what)
                : what.extension() == ".so" ? std::vector<StagedPlugin>{copied(what)}
                                            : stage_archive(what);
  for (const auto& one : staged) chmod(one.file.c_str(), 0644);
  if (!staged.empty()) return without_doubles(std::move(staged));
  throw Error(Exit::usage,
              "'" + what.string() + "' holds no plugin's library, expected files ID.so that export a symbol graft_plugin_…",
              "a plugin's own folder holds one once it is built: cmake -B build && cmake --build build");
}

StagedPlugin Staging::copied(const fs::path& file) {
  StagedPlugin staged{new_folder() / file.filename(), file.string(), from_root(file)};
  core::write_whole(staged.file, core::read_whole(file, Exit::usage));
  return staged;
}

std::vector<StagedPlugin> Staging::stage_folder(const fs::path& folder) {
  std::vector<StagedPlugin> staged;
  for (const auto& file : libraries_below(folder)) {
    if (staged.size() == kMost)
      throw Error(Exit::usage, "'" + folder.string() + "' holds more than " + std::to_string(kMost) + " plugins; name them");
    staged.push_back(copied(file));
  }
  return staged;
}

std::vector<StagedPlugin> Staging::stage_archive(const fs::path& archive) {
  std::vector<StagedPlugin> staged;
  for (const auto& member : libraries_of_archive(archive, new_folder())) {
    if (core::peek(member.file)) {
      staged.push_back({member.file, archive.string() + ":" + member.name, from_root(archive) + ":" + member.name});
    }
  }
  return staged;
}

}  // namespace graft
