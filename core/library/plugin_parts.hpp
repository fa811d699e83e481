// What loading a plugin consists of. Only this folder's sources include it.
#pragma once
#include <string>
#include <vector>

#include "core/library/plugin.hpp"

namespace graft::core {

inline constexpr const char* kPluginSymbol = "graft_plugin_1_table_1";  // as graft/abi.h has it

// From the JSON that a plugin returned; what cannot be read is exit 3.
std::vector<OptionFacts> parse_options(const std::string& plugin, const std::string& json);

// Checks a manifest's options against what the plugin declares (exit 2 at file:line:column), and sets them.
void set_options(Plugin& plugin, const Use& use);

// A file that is refused: "path: what is wrong with it", exit 3.
Error refused(const std::filesystem::path& file, const std::string& what, const std::string& hint = "");

}  // namespace graft::core
