// A plugin as JSON: what it is, its options, and what it does with a model.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/library/plugin.hpp"

namespace graft::core {

// {"id", "kind", "version", "summary", "file", "options": [{"name", "value", "default", "type", "values", "meaning"}, …]}
nlohmann::ordered_json plugin_json(const Plugin& plugin);

// The same, with "provenance", "fills" (the hooks that it has) and, of a strategy, "plan": what it is with these options.
nlohmann::ordered_json whole_plugin_json(const Plugin& plugin);

}  // namespace graft::core
