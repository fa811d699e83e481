// Where a run lies: the folder's name, its creation, and whether a run that is there may go on.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "core/manifest/manifest.hpp"
#include "core/rounds/checkpoint.hpp"

namespace graft {

// One program at a time writes into a run's folder. Held while the run goes on; the system lets go of it when the program ends.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder);  // exit 2 where another program holds it
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  int descriptor_;
};

// The folder that --out names or the newest of NAME's: exit 2 where it is there and is not to be resumed, or is no run's; one
// that a run left which ended before its first round is taken again. Nothing:
// a new one is wanted, to be named once the run can begin.
std::optional<std::filesystem::path> chosen_folder(const std::string& name, const std::string& out, bool resume);

// Makes the folder; without a choice runs/NAME, runs/NAME-2, … whichever is the first that is not there.
std::filesystem::path make_folder(const std::string& name, const std::optional<std::filesystem::path>& chosen);

// Exit 2, at the manifest's place, where the run in `folder` was begun with another manifest: only rounds (more of them), name,
// plugins and checkpoint may differ. Where the manifest leaves device and lanes open it takes the run's. Returns whether there are
// more rounds than the run had before.
bool take_over(core::Manifest& manifest, const std::filesystem::path& folder);

// Of a run that is there: its manifest's file, and what its checkpoint says of itself. Exit 4 where it is no run's folder or has
// none.
std::filesystem::path run_manifest(const std::filesystem::path& run);
core::CheckpointFacts run_checkpoint(const std::filesystem::path& run);

}  // namespace graft
