// The named backbones, and how what a manifest says stands above them.
#include "core/manifest/presets.hpp"

#include <array>

namespace graft::core {

namespace {

struct Preset {
  const char* name;
  std::int64_t width, heads;
};

constexpr std::array kPresets{Preset{"vit_tiny_patch16_224", 192, 3}, Preset{"vit_small_patch16_224", 384, 6},
                              Preset{"vit_base_patch16_224", 768, 12}};

}  // namespace

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const auto& preset : kPresets) names.emplace_back(preset.name);
  return names;
}

void apply_preset(Manifest& manifest) {
  for (const auto& preset : kPresets) {
    if (manifest.backbone.preset != preset.name) continue;
    const auto set = [&manifest](const char* key, auto& field, auto value) {
      std::string dotted("backbone.");
      if (manifest.places.count(dotted += key) == 0) field = value;
    };
    auto& b = manifest.backbone;
    set("image_size", b.image_size, 224);
    set("patch_size", b.patch_size, 16);
    set("width", b.width, preset.width);
    set("depth", b.depth, 12);
    set("heads", b.heads, preset.heads);
    set("mlp_ratio", b.mlp_ratio, 4.0);
  }
}

}  // namespace graft::core
