// A small ViT: what the tests of the backbone share.
#pragma once
#include <ATen/ATen.h>

#include <filesystem>
#include <string>

#include "core/backbone/weights.hpp"
#include "tests/unit/support.hpp"

namespace graft::core::small {

inline Manifest manifest() {
  Manifest manifest;
  manifest.backbone.image_size = 8;
  manifest.backbone.patch_size = 4;
  manifest.backbone.width = 12;
  manifest.backbone.depth = 2;
  manifest.backbone.heads = 3;
  return manifest;
}

inline VitShape shape() { return shape_of(manifest(), 4); }

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace graft::core::small
