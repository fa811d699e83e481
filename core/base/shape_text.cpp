// Shapes, for error messages.
#include "core/base/shape_text.hpp"

#include "core/base/text.hpp"

namespace graft::core {

std::string shape_text(at::IntArrayRef sizes) {
  std::vector<std::string> words;
  for (const auto size : sizes) words.push_back(size < 0 ? "any" : std::to_string(size));
  return "[" + joined(words) + "]";
}

}  // namespace graft::core
