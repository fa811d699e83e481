// A plugin that a manifest names, with its options as written.
#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/manifest/source.hpp"

namespace graft::core {

// A plugin's options as written; a list of selectors arrives as one expression, joined by |.
using OptionValue = std::variant<bool, std::int64_t, double, std::string>;
struct Option {
  std::string name;
  OptionValue value;
  Place place;
};
struct Use {       // a plugin that a manifest names, with its options
  std::string id;  // as written: ID or ID@VERSION
  std::vector<Option> options;
  Place place;
};

}  // namespace graft::core
