// What loading a plugin consists of. Only this folder's sources include it.
#pragma once
#include <string>
#include <vector>

#include "core/library/plugin.hpp"

namespace graft::core {

inline constexpr const char* kTableSymbol = "graft_plugin_1_table_1";  // of a plugin over the table, as graft/abi.h has it

// The one symbol of a plugin that this host takes: over the table, or on this very LibTorch. Refuses what is no plugin for this
// host.
std::string plugin_symbol(const PluginFile& file);

// Refuses (exit 3) a file that anyone on the machine may change or put another in place of: itself, the folder that it lies in, and
// whatever leads there from the root, links included. A folder open to all but with the sticky bit (/tmp) may lead to what is the
// user's own, or root's.
void check_permissions(const std::filesystem::path& file);

// Refuses (exit 3) a descriptor that this host cannot work with, or whose id is not `id`.
Face read_face(const graft_descriptor& given, const std::filesystem::path& file, const std::string& id);

// From the JSON that a plugin returned; what cannot be read is exit 3.
std::vector<OptionFacts> parse_options(const std::string& plugin, const std::string& json);

// Checks a manifest's options against what the plugin declares (exit 2 at file:line:column), and sets them.
void set_options(Plugin& plugin, const Use& use);

// A file that is refused: "path: what is wrong with it", exit 3.
Error refused(const std::filesystem::path& file, const std::string& what, const std::string& hint = "");

}  // namespace graft::core
