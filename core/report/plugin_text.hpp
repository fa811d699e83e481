// A plugin in full, for a terminal: `graft plugins ID`.
#pragma once
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace graft::core {

// From whole_plugin_json; as wide as `width` columns.
std::string plugin_text(const nlohmann::ordered_json& plugin, std::size_t width);

}  // namespace graft::core
