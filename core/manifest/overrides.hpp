// `--set key=value`: what the command line changes in a manifest before it is read.
#pragma once
#include <string>

#include "core/manifest/tree.hpp"

namespace graft::core {

// Sets one dotted key (modules.0.scale: an index into a list) to a value, which is TOML or else a text. Tables that are not there
// are made, and at most one item more at the end of a list. Exit 2 where the text is no KEY=VALUE or leads through what is no
// table.
void apply_override(Tree& manifest, const std::string& text);

// "training.epochs" of "training.epochs = 2", whatever else it is.
std::string key_of(const std::string& override);

}  // namespace graft::core
