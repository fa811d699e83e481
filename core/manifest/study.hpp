// A study: variants of a manifest that are to be compared, and the seeds that each of them runs with.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/manifest/manifest.hpp"
#include "core/manifest/tree.hpp"

namespace graft::core {

struct Published {  // an accuracy as a paper has it, in percent
  double mean = 0;
  std::optional<double> std{};  // over clients
};

struct Variant {
  std::string name;  // fit for a folder's
  std::optional<Published> published{};
  std::vector<std::uint64_t> seeds;
  Tree tree;                     // all that was said of it, merged: a manifest's keys, each with its place
  std::filesystem::path folder;  // whose plugins.lock binds it: the study's, or the nearest base's that has one
  Manifest manifest;             // what the tree comes to, with the first seed
};

struct Study {
  std::string name;  // fit for a folder's
  std::size_t baseline = 0;
  std::vector<Variant> variants;
};

// Reads a study, or a manifest, which is a study of one variant; or several of either, whose variants stand beside each other. What
// is wrong is exit 2 at file:line:column of the file that says it. A grid makes of each variant as many as it has combinations.
// `overrides` hold for all variants; name, baseline, seeds, base, grid and variants.N are the study's own.
Study read_study(const std::vector<std::filesystem::path>& files, const std::vector<std::string>& overrides);

}  // namespace graft::core
