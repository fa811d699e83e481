// The user's plugin folder: ID/VERSION/ID.so with a note beside it, and ID.so, a link to the version that plain `use = "ID"` takes.
#pragma once
#include <atomic>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace graft {

struct HomePlugin {                // one that `graft plugins add` put there
  std::string id, version, added;  // added: when, in UTC, so that later ones sort behind
  std::filesystem::path file;
};

// Keeps every other change of the user's folder out while it lives, and waits for one that is under way. Makes the folder; an empty
// one goes at the end. Exit 2 where the user has no such folder, 130 where `stop` was set meanwhile.
class HomeLock {
 public:
  explicit HomeLock(const std::atomic<bool>& stop);
  HomeLock(const HomeLock&) = delete;
  HomeLock& operator=(const HomeLock&) = delete;
  ~HomeLock();
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  int descriptor_ = -1;
};

inline constexpr const char* kStaging = ".adding-";  // folders so named in it are left by a graft that was killed

// All of an id, the one added last at the end.
std::vector<HomePlugin> plugins_at_home(const std::string& id);

// Where that version lies, or would; exit 2 where the user has no folder of plugins.
std::filesystem::path place_at_home(const std::string& id, const std::string& version);

// The version that ID.so leads to; nothing where there is no such link. Exit 2 where ID.so is a file of its own, which stays as it
// is.
std::optional<std::string> linked_at_home(const std::string& id);

// Copies a library to its place, writes the note first, and links ID.so to it; each whole or not at all.
void put_home(const std::filesystem::path& library, const std::string& id, const std::string& version,
              const nlohmann::ordered_json& note);

// Links ID.so to a version.
void link_at_home(const std::string& id, const std::string& version);

// Takes a version away; ID.so then leads to the one added last of those left, whose version is returned, or goes.
std::optional<std::string> remove_from_home(const HomePlugin& plugin);

}  // namespace graft
