// What the files that a run reads are known by: their SHA-256, whatever they are called and wherever they lie.
#pragma once
#include <map>
#include <string>

#include "core/base/watch.hpp"
#include "core/manifest/manifest.hpp"

namespace graft::core {

struct FileSums {                    // "" where there is no such file
  std::string data, split, weights;  // data: over names, sizes and contents of the source's files; nothing for what is drawn here
};

using KnownSums = std::map<std::string, std::string>;  // by paths, sizes and times: what has not changed is read once

// Takes what is known, and adds what is not. Exit 4 for what is missing or cannot be read.
FileSums file_sums(const Manifest& manifest, KnownSums& known, const Watch& watch = {});

}  // namespace graft::core
