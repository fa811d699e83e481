// The draws: the same for ever, and distributed as they say.
#include "core/base/random.hpp"

#include <algorithm>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <numeric>
#include <set>

using namespace graft::core;

namespace {

constexpr int kDraws = 200000;

struct Moments {
  double mean, variance, least, most;
};

template <class Draw>
Moments moments(Draw draw) {
  double sum = 0, squares = 0, least = 1e300, most = -1e300;
  for (int i = 0; i < kDraws; ++i) {
    const double x = draw();
    sum += x;
    squares += x * x;
    least = std::min(least, x);
    most = std::max(most, x);
  }
  const double mean = sum / kDraws;
  return {mean, squares / kDraws - mean * mean, least, most};
}

}  // namespace

TEST_CASE("a stream is the same for ever") {
  Random random(1, Purpose::split, {2, 3});
  CHECK(random.next() == 4466268805896039892u);
  CHECK(random.next() == 2327454322159225345u);
  CHECK(random.below(1000) == 60u);
  CHECK(random.uniform() == 0.28936963417558914);
  CHECK(random.normal() == Catch::Approx(0.57725408607575435).epsilon(1e-14));
  CHECK(random.gamma(0.5) == Catch::Approx(0.38903575512670346).epsilon(1e-13));
  CHECK(hash("") == 14087677454934409008u);
  CHECK(hash("blocks.0.attn.qkv.weight") == 13533602394336991041u);
}

TEST_CASE("streams of different keys differ") {
  std::set<std::uint64_t> first;
  first.insert(Random(0, Purpose::cohort).next());
  first.insert(Random(1, Purpose::cohort).next());
  first.insert(Random(0, Purpose::order).next());
  first.insert(Random(0, Purpose::cohort, {0}).next());
  first.insert(Random(0, Purpose::cohort, {0, 0}).next());
  first.insert(Random(0, Purpose::cohort, {0, 1}).next());
  first.insert(Random(0, Purpose::cohort, {1, 0}).next());
  first.insert(Random(0, Purpose::cohort, {~0ull}).next());
  CHECK(first.size() == 8);
}

TEST_CASE("neighbouring streams are not alike") {
  double sum = 0, products = 0;
  for (std::uint64_t client = 0; client < kDraws; ++client) {
    const double here = Random(7, Purpose::order, {client}).uniform() - 0.5;
    sum += here;
    products += here * (Random(7, Purpose::order, {client + 1}).uniform() - 0.5);
  }
  CHECK(std::abs(sum / kDraws) < 0.003);
  CHECK(std::abs(products / kDraws) < 0.001);
}

TEST_CASE("uniform lies from 0 up to 1") {
  Random random(3, Purpose::shapes);
  const auto got = moments([&] { return random.uniform(); });
  CHECK(got.least >= 0.0);
  CHECK(got.most < 1.0);
  CHECK(got.least < 1e-4);
  CHECK(got.most > 1 - 1e-4);
  CHECK(got.mean == Catch::Approx(0.5).margin(0.003));
  CHECK(got.variance == Catch::Approx(1.0 / 12).margin(0.001));
}

TEST_CASE("normal has mean 0 and deviation 1") {
  Random random(4, Purpose::initial);
  int beyond_two = 0;
  const auto got = moments([&] {
    const double x = random.normal();
    beyond_two += std::abs(x) > 2;
    return x;
  });
  CHECK(got.mean == Catch::Approx(0.0).margin(0.01));
  CHECK(got.variance == Catch::Approx(1.0).margin(0.02));
  CHECK(beyond_two / double(kDraws) == Catch::Approx(0.0455).margin(0.002));
}

TEST_CASE("gamma has its shape as mean and variance") {
  for (const double shape : {0.01, 0.1, 0.5, 1.0, 2.5, 40.0}) {
    Random random(5, Purpose::split, {static_cast<std::uint64_t>(shape * 100)});
    const auto got = moments([&] { return random.gamma(shape); });
    INFO("shape " << shape);
    CHECK(got.least >= 0.0);
    CHECK(got.mean == Catch::Approx(shape).margin(6 * std::sqrt(shape / kDraws)));
    CHECK(got.variance == Catch::Approx(shape).epsilon(shape < 0.05 ? 0.25 : 0.06));
  }
}

TEST_CASE("gamma far below 1 stays finite") {
  Random random(5, Purpose::split);
  for (int i = 0; i < 1000; ++i) {
    const double x = random.gamma(1e-4);
    CHECK((x >= 0.0 && std::isfinite(x)));
  }
}

TEST_CASE("below is unbiased at odd bounds") {
  Random random(6, Purpose::cohort);
  for (const std::uint64_t bound : {1ull, 2ull, 3ull, 7ull, 13ull}) {
    std::vector<int> counts(bound);
    for (int i = 0; i < kDraws; ++i) ++counts.at(random.below(bound));
    const double expected = double(kDraws) / bound;
    for (const int count : counts) CHECK(std::abs(count - expected) <= 5 * std::sqrt(expected));
  }
  const std::uint64_t huge = 3ull << 62;  // a plain remainder would fall into the lowest third half of the time
  int lowest = 0;
  for (int i = 0; i < kDraws; ++i) lowest += random.below(huge) < huge / 3;
  CHECK(lowest / double(kDraws) == Catch::Approx(1.0 / 3).margin(0.006));
  CHECK_THROWS(random.below(0));
}

TEST_CASE("shuffle is a permutation, and every one is as likely") {
  Random random(8, Purpose::order);
  std::vector<int> counts(6);
  for (int i = 0; i < 60000; ++i) {
    std::vector<int> items{0, 1, 2};
    random.shuffle(items);
    counts[items[0] * 2 + (items[1] > items[2])]++;
    REQUIRE(std::accumulate(items.begin(), items.end(), 0) == 3);
  }
  for (const int count : counts) CHECK(std::abs(count - 10000) < 500);
}
