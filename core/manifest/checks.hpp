// What must hold between keys, once each of them is read.
#pragma once
#include "core/manifest/manifest.hpp"

namespace graft::core {

// Exit 2 at the place of the key that is to be changed.
void check_manifest(const Manifest& manifest, Needs needs);

// data.clients is not given, and the split says itself how many there are: a file's clients, or a source's users.
bool clients_left_to_split(const Manifest& manifest);

// Keys that are given, and not as by default, where nothing looks at them: a line each.
std::vector<std::string> idle_keys(const Manifest& manifest);

}  // namespace graft::core
