// A loaded plugin: found, checked before it is opened, opened for ever, its options checked against what it declares and set.
#pragma once
#include <graft/abi.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/library/find.hpp"
#include "core/library/plan.hpp"
#include "core/library/plugin_file.hpp"
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

struct Face {  // what a plugin's symbol names, as this host knows it
  graft_descriptor descriptor;
  graft_strategy_hooks strategy;  // of a strategy
  graft_module_hooks module;      // of a module
};

struct Plugin {
  std::string kind, id, version, summary;
  std::filesystem::path file;
  std::vector<OptionFacts> options;
  Face face{};
  std::shared_ptr<void> self{};  // destroyed by the plugin itself
  std::string sha256{};          // of what was opened
  bool native = false;           // built on this very LibTorch
  std::vector<Found> behind{};   // what else the manifest's words could have meant, later in the search order
  std::vector<Found> passed{};   // what stands before it, and is not what plugins.lock allows
};

// Reads a file without loading it and refuses what is no plugin for this host, or may be changed by anybody, both sides and the
// remedy named (exit 3). Returns the symbol of its descriptor.
std::string check_plugin_file(const PluginFile& file);

// Checks and opens, and keeps open for ever; refuses a plugin that needs a newer host, or whose id is not `id` (exit 3).
Plugin open_plugin(const PluginFile& file, const std::string& id);

// The plugin that a manifest names as ID or ID@VERSION, its options set: an unknown id is exit 2 with the nearest known one, an
// unknown version or another kind likewise; an unknown option, a wrong type, a value out of range or no choice is exit 2 at
// file:line:column. What a plugins.lock beside the manifest does not allow is exit 3, and nothing of it runs.
Plugin load_plugin(const Manifest& manifest, const Use& use, const std::string& kind);

// "plugin 'x' 1.0.0: taking A; B (version 1.1.0) is behind it in the search order", or "" where there was but one.
std::string choice_text(const Plugin& plugin);

Plan plan_of(const Plugin& strategy);  // asked for anew at each call

}  // namespace graft::core
