// What a plugin says of itself in its descriptor, read from the file's bytes: nothing of it is loaded, and nothing of it runs.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace graft::core {

inline constexpr std::string_view kPluginPrefix = "graft_plugin_";  // of a plugin's symbol, whatever host it is for

struct PluginLabel {
  std::string symbol;                      // the exported one: graft_plugin_…
  std::string kind, id, version, summary;  // "" where it cannot be read: the plugin fills it in as it is loaded
};

// Nothing where the file is no library that exports a plugin's symbol. No errors.
std::optional<PluginLabel> peek(const std::filesystem::path& file);

}  // namespace graft::core
