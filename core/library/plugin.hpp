// A loaded plugin: found, checked before it is opened, opened for ever, its options checked against what it declares and set.
#pragma once
#include <graft/abi.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/library/plan.hpp"
#include "core/manifest/manifest.hpp"

namespace graft::core {

struct OptionFacts {
  std::string name, type, meaning;        // type: float integer boolean string selector
  std::optional<OptionValue> by_default;  // none: unset
  std::optional<OptionValue> value;       // as the manifest says, else the default
  double low, high;                       // infinite where unbounded
  std::vector<std::string> choices;
};

std::string values_text(const OptionFacts& option);  // what it may be: "an integer from 1", "one of "a", "b""
std::string value_text(const OptionValue& value);    // as TOML writes it

struct Plugin {
  std::string kind, id, version, summary;
  std::filesystem::path file;
  std::vector<OptionFacts> options;
  const graft_descriptor* face = nullptr;
  std::shared_ptr<void> self;  // destroyed by the plugin itself
};

// Where `use = "x"` is looked up, in order: $GRAFT_PLUGIN_PATH (separated by colons), plugins.paths, the user's folder
// ($XDG_DATA_HOME/graft/plugins), and the ones installed with this program (../lib/graft/plugins beside its folder).
std::vector<std::filesystem::path> plugin_folders(const std::vector<std::filesystem::path>& from_manifest);

struct Found {
  std::string id;  // the file's name without .so
  std::filesystem::path file;
};
std::vector<Found> find_plugins(const std::vector<std::filesystem::path>& folders);  // the first of each id, by id

// Reads a file without loading it and refuses what is no plugin for this host, both sides and the remedy named (exit 3).
void check_plugin_file(const std::filesystem::path& file);

// Opens, and keeps open for ever; refuses a plugin whose table is longer than the host's, or whose id is not `id` (exit 3).
Plugin open_plugin(const std::filesystem::path& file, const std::string& id);

// The plugin that a manifest names, its options set: an unknown id is exit 2 with the nearest known one, another kind likewise; an
// unknown option, a wrong type, a value out of range or no choice is exit 2 at file:line:column.
Plugin load_plugin(const Manifest& manifest, const Use& use, const std::string& kind);

Plan plan_of(const Plugin& strategy);  // asked for anew at each call

}  // namespace graft::core
