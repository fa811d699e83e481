// A tree as a list of dotted keys with their values.
#pragma once
#include <functional>
#include <string>

#include "core/manifest/tree.hpp"

namespace graft::core {

// Every value that is neither table nor list, in the order of the text: "training.optimizer.lr", "modules.0.scale".
void for_each_leaf(const Tree& tree, const std::function<void(const std::string& key, const Tree& value)>& take,
                   const std::string& name = "");

}  // namespace graft::core
