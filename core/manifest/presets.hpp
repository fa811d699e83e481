// The backbones that have a name: timm's.
#pragma once
#include <string>
#include <vector>

#include "core/manifest/manifest.hpp"

namespace graft::core {

std::vector<std::string> preset_names();

// Gives the fields that the manifest did not give the preset's values; nothing where it names no preset.
void apply_preset(Manifest& manifest);

}  // namespace graft::core
