// Numbers in the base of the alphabet.
#include "core/data/words.hpp"

#include <algorithm>
#include <cmath>

#include "core/data/figures.hpp"

namespace graft::core {

Words::Words(std::int64_t classes) {
  constexpr std::int64_t kLetters = kFigures * kTextures;
  for (std::int64_t words = kLetters; words < classes; words *= kLetters) ++length_;
  while (std::pow(double(alphabet_), double(length_)) < double(classes)) ++alphabet_;
  figures_ = std::min<std::int64_t>(kFigures, std::int64_t(std::ceil(std::sqrt(double(alphabet_)))));
}

std::vector<Letter> Words::of(std::int64_t label) const {
  std::vector<Letter> word;
  for (std::int64_t i = 0; i < length_; ++i, label /= alphabet_) {
    const std::int64_t letter = label % alphabet_;
    word.push_back({int(letter % figures_), int(letter / figures_)});
  }
  return word;
}

}  // namespace graft::core
