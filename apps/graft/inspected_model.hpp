// A manifest's model as `graft inspect` shows it, of a manifest alone or of a study's variant.
#pragma once
#include <string>

#include "core/compose/compose.hpp"

namespace graft {

struct InspectedModel {
  core::Manifest manifest;  // resolved
  core::Model model;
  std::string facts;  // of model_json
};

// What it costs depends on sizes alone: neither its device nor the weights that it names need be at hand.
InspectedModel inspected_model(const core::Manifest& given);

}  // namespace graft
