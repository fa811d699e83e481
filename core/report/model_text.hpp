// A model's description for people: what model_json says, in tables, counts also in Mi (2^20).
#pragma once
#include <string>

namespace graft::core {

std::string model_text(const std::string& model_json);

}  // namespace graft::core
