// From a tree to a Manifest, for whoever puts a tree together: a study does.
#pragma once
#include <cstddef>
#include <filesystem>
#include <string>

#include "core/manifest/manifest.hpp"
#include "core/manifest/tree.hpp"

namespace graft::core {

inline constexpr std::size_t kLargestManifest = 1 << 20;  // bytes of a file

// Reads what a file and `--set` came to; `name`: where the tree gives none; `folder`: where a plugins.lock may lie.
Manifest manifest_of(const Tree& tree, const std::string& name, const std::filesystem::path& folder, Needs needs = Needs::strategy);

}  // namespace graft::core
