// A model's description for people: what model_json says, in tables, counts also in Mi (2^20).
#pragma once
#include <cstddef>
#include <string>

namespace graft::core {

// As wide as `width` columns, where numbers leave room for words.
std::string model_text(const std::string& model_json, std::size_t width);

}  // namespace graft::core
