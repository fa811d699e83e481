#include "core/report/layout.hpp"

#include <catch2/catch_test_macros.hpp>

namespace graft::core {

TEST_CASE("columns are as wide as their widest cell, in characters") {
  const auto text = aligned({{"role", "tensors", "Mi"}, {"größe", "2", "0.282"}}, {Align::left, Align::right, Align::right});
  CHECK(text == "role   tensors     Mi\ngröße        2  0.282\n");
}

TEST_CASE("rows may be short, and lines end without blanks") {
  CHECK(aligned({{"a", "", ""}, {"long", "b"}, {}}, {}, 2) == "  a\n  long  b\n\n");
  CHECK(aligned({}, {}) == "");
}

TEST_CASE("parts are broken where they would reach beyond the width") {
  CHECK(broken({"one", "two", "three"}, 80) == std::vector<std::string>{"one, two, three"});
  CHECK(broken({"one", "two", "three"}, 8) == std::vector<std::string>{"one,", "two,", "three"});
  CHECK(broken({"one", "two", "three"}, 9) == std::vector<std::string>{"one, two,", "three"});
  CHECK(broken({"longer than the width"}, 3) == std::vector<std::string>{"longer than the width"});
  CHECK(broken({}, 80).empty());
}

TEST_CASE("the last column's words are broken to fit, and stand below the others where there is no room beside") {
  const std::vector<Cells> rows{{"a", "one two three four five six seven eight"}, {"bb", "short"}, {"c"}};
  CHECK(aligned_within(30, rows, {}, 2) == "  a   one two three four five\n      six seven eight\n  bb  short\n  c\n");
  CHECK(aligned_within(80, rows, {}, 2) == aligned(rows, {}, 2));
  CHECK(aligned_within(20, rows, {}, 2) ==
        "  a\n      one two three\n      four five six\n      seven eight\n  bb\n      short\n  c\n");
  const std::vector<Align> numbers{Align::left, Align::right};
  CHECK(aligned_within(20, {{"more than that is wide", "12"}}, numbers) == "more than that is wide  12\n");
}

TEST_CASE("words are broken where they would reach beyond the width; a longer one stands alone") {
  CHECK(wrapped("one two  three", 80) == std::vector<std::string>{"one two three"});
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("a extraordinarily b", 5) == std::vector<std::string>{"a", "extraordinarily", "b"});
  CHECK(wrapped("äö üß", 5) == std::vector<std::string>{"äö üß"});
  CHECK(wrapped("", 5).empty());
}

}  // namespace graft::core
