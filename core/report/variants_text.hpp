// What the variants of a study cost, in words and columns.
#pragma once
#include <cstddef>
#include <string>

namespace graft::core {

// From {"study": name, "variants": [{"name", "seeds", "model": as model_json has it}, …]}; Mi: 2^20 scalars, as tables of papers
// count.
std::string variants_text(const std::string& study, std::size_t width);

}  // namespace graft::core
