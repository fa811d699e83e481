// What fits together in a backbone, before anything is built from it.
#include <cmath>
#include <limits>

#include "core/backbone/vit.hpp"

namespace graft::core {

namespace {

constexpr std::int64_t kLargest = 1 << 16;  // of any one number: far above every ViT, and no count of scalars can overflow

[[noreturn]] void refuse(const Manifest& manifest, const std::string& key, const std::string& what) {
  throw error_at(place_of(manifest, key), key + " = " + what, Exit::usage);
}

std::int64_t checked(const Manifest& manifest, const std::string& key, std::int64_t value) {
  if (value < 1 || value > kLargest) {
    refuse(manifest, key, std::to_string(value) + ": must be between 1 and " + std::to_string(kLargest));
  }
  return value;
}

bool by_command(const Manifest& manifest, const std::string& key) {
  const auto place = place_of(manifest, key);
  return place.text && place.text->name == kCommandLine;
}

// Said of the part where only that was given on the command line, else of the whole.
void check_divides(const Manifest& manifest, const std::string& key, std::int64_t value, const std::string& by, std::int64_t part) {
  if (value % part == 0) return;
  if (by_command(manifest, by) && !by_command(manifest, key)) {
    refuse(manifest, by, std::to_string(part) + " must divide " + key + " = " + std::to_string(value));
  }
  refuse(manifest, key, std::to_string(value) + " must be a multiple of " + by + " = " + std::to_string(part));
}

}  // namespace

VitShape shape_of(const Manifest& manifest, std::int64_t classes) {
  const auto& spec = manifest.backbone;
  VitShape shape{.image = checked(manifest, "backbone.image_size", spec.image_size),
                 .patch = checked(manifest, "backbone.patch_size", spec.patch_size),
                 .width = checked(manifest, "backbone.width", spec.width),
                 .depth = checked(manifest, "backbone.depth", spec.depth),
                 .heads = checked(manifest, "backbone.heads", spec.heads),
                 .hidden = 0,
                 .classes = classes};
  check_divides(manifest, "backbone.image_size", shape.image, "backbone.patch_size", shape.patch);
  check_divides(manifest, "backbone.width", shape.width, "backbone.heads", shape.heads);

  const double hidden = double(shape.width) * spec.mlp_ratio;
  if (!(hidden >= 1 && hidden <= 16.0 * kLargest)) {
    std::ostringstream found;
    found << spec.mlp_ratio << ": the hidden width, " << shape.width << " x " << spec.mlp_ratio << ", must be between 1 and "
          << 16 * kLargest;
    refuse(manifest, "backbone.mlp_ratio", found.str());
  }
  shape.hidden = std::int64_t(hidden);  // cut off, as timm does
  if (classes < 2) refuse(manifest, "data.classes", std::to_string(classes) + ": a classifier needs at least 2");
  return shape;
}

}  // namespace graft::core
