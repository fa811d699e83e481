// Plugins as a manifest names them: `use`, and beside it options that only the plugin knows.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/manifest/manifest.hpp"
#include "core/manifest/tree.hpp"

namespace graft::core {

using Places = std::map<std::string, Place>;

// A table with `use`, under its dotted name; places are added for all that it holds.
Use read_use(const Tree& tree, const std::string& name, Places& places);
// A list of such tables.
std::vector<Use> read_uses(const Tree& tree, const std::string& name, Places& places);

// A plugin's options as `--set KEY=VALUE` gives them where there is no manifest around.
std::vector<Option> read_options(const std::vector<std::string>& overrides);

}  // namespace graft::core
