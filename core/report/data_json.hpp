// What a source holds and how a split divides it, as JSON: what `graft data --json` prints and its text is made from.
#pragma once
#include <string>

#include "core/data/dataset.hpp"

namespace graft::core {

// One line: "source" with its samples, image shape (null where files are of any size), classes and domains, and "split" with a
// client's samples, domain, counts by class and label entropy, and their summary. Images are not looked at.
std::string data_json(const Manifest& manifest, const Dataset& data, const Split& split);

}  // namespace graft::core
