// A small ViT, folders that vanish, and the error of an action: what the tests of the backbone share.
#pragma once
#include <ATen/ATen.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "core/backbone/weights.hpp"
#include "core/base/error.hpp"

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

struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("graft-backbone-" + std::to_string(::getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

template <class Action>
Error error_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return Error(Exit::done, "no error");
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace graft::core::small
