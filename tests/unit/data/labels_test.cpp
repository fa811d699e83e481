// Counts of labels and their entropy.
#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "core/data/labels.hpp"

using namespace graft::core;

TEST_CASE("labels are counted over the samples that are meant") {
  const std::vector<std::int64_t> labels{0, 2, 2, 1, 0};
  CHECK(label_counts(labels, {1, 2, 4}, 4) == std::vector<std::int64_t>{1, 0, 2, 0});
  CHECK(label_counts(labels, {}, 2) == std::vector<std::int64_t>{0, 0});
}

TEST_CASE("label entropy is 0 for one class, 1 for all alike, and between them as Shannon says") {
  CHECK(label_entropy({7, 0, 0}) == 0);
  CHECK(!std::signbit(label_entropy({7, 0, 0})));
  CHECK(std::abs(label_entropy({5, 5, 5, 5}) - 1) < 1e-15);
  CHECK(std::abs(label_entropy({1, 3}) - 0.81127812445913283) < 1e-15);
  CHECK(label_entropy({}) == 0);
  CHECK(label_entropy({4}) == 0);
  CHECK(label_entropy({0, 0}) == 0);
}
