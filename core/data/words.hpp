// The classes of `shapes`: a class is a word over an alphabet of figures times textures, as square as can be, so that neither a
// figure nor a texture alone tells the class.
#pragma once
#include <cstdint>
#include <vector>

namespace graft::core {

struct Letter {
  int figure, texture;
};

// One letter for up to 64 classes, two for up to 64 x 64, and so on; in each case the smallest alphabet that has enough words.
class Words {
 public:
  explicit Words(std::int64_t classes);
  std::vector<Letter> of(std::int64_t label) const;  // label in 0 .. classes - 1; no two labels share a word

 private:
  std::int64_t length_ = 1, alphabet_ = 1, figures_ = 1;
};

}  // namespace graft::core
