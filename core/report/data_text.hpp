// What a source holds and a picture of its split, for terminals.
#pragma once
#include <cstddef>
#include <string>

namespace graft::core {

// From the text of data_json, in `width` columns where the names allow it. Beyond 40 clients only the first and the last are shown,
// unless `all_clients`.
std::string data_text(const std::string& data_json, std::size_t width, bool all_clients);

}  // namespace graft::core
