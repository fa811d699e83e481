// Where plugins lie, and which of several files a plain `use = "ID"` means: the first in search order.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace graft::core {

// Where `use = "x"` is looked up, in order: $GRAFT_PLUGIN_PATH (separated by colons), plugins.paths, the user's folder, and the
// ones installed with this program (../lib/graft/plugins beside its folder).
std::vector<std::filesystem::path> plugin_folders(const std::vector<std::filesystem::path>& from_manifest);

// Those of $GRAFT_PLUGIN_PATH and plugins.paths that are no folders: a word too many, or a wrong one. The others need not be there.
std::vector<std::filesystem::path> missing_plugin_folders(const std::vector<std::filesystem::path>& from_manifest);

// $XDG_DATA_HOME/graft/plugins, else ~/.local/share/graft/plugins, where `graft plugins add` puts them; empty where there is
// neither.
std::filesystem::path users_plugin_folder();

struct Found {
  std::string id;                // the file's name without .so
  std::string version;           // of the folder ID/VERSION that it lies in, or that its link leads to; else "": the file knows it
  std::filesystem::path file;    // FOLDER/ID.so, or FOLDER/ID/VERSION/ID.so
  std::filesystem::path folder;  // the one searched
  bool plain = true;             // FOLDER/ID.so, which `use = "ID"` may mean; the others are asked for by `use = "ID@VERSION"`
};

// All of them in search order, by id within a folder and there the plain one first. What two names lead to stands once.
std::vector<Found> all_plugins(const std::vector<std::filesystem::path>& folders);

// Those that a plain `use` takes: the first of each id, by id.
std::vector<Found> find_plugins(const std::vector<std::filesystem::path>& folders);

}  // namespace graft::core
