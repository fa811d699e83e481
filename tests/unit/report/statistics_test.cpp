// Statistics by hand, and against SciPy's numbers, which tests/parity/statistics_parity.py prints.
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "core/report/bootstrap.hpp"
#include "core/report/wilcoxon.hpp"

namespace graft::core {

namespace {

using Catch::Approx;
using Values = std::vector<double>;

}  // namespace

TEST_CASE("equal differences have an interval of one point") {
  const auto interval = bootstrap_interval({{2, 2, 2}});
  CHECK(interval.mean == 2);
  CHECK(interval.low == 2);
  CHECK(interval.high == 2);
}

TEST_CASE("with one seed the interval is that of the mean over clients, as the normal one is for many of them") {
  Values values;
  for (int i = 0; i < 400; ++i) values.push_back(std::sin(double(i) * 12.9898) * 3);
  double mean = 0, squares = 0;
  for (const double one : values) mean += one / 400;
  for (const double one : values) squares += (one - mean) * (one - mean);
  const double half = 1.959964 * std::sqrt(squares / 400 / 400);
  const auto interval = bootstrap_interval({values});
  CHECK(interval.mean == Approx(mean));
  CHECK(interval.low == Approx(mean - half).margin(0.05 * half));
  CHECK(interval.high == Approx(mean + half).margin(0.05 * half));
}

TEST_CASE("seeds that differ widen the interval") {
  const Values low{1, 2, 3}, high{11, 12, 13};
  const auto apart = bootstrap_interval({low, high, low, high}),
             pooled = bootstrap_interval({{1, 2, 3, 11, 12, 13, 1, 2, 3, 11, 12, 13}});
  CHECK(apart.mean == Approx(7));
  CHECK(pooled.mean == Approx(7));
  CHECK(apart.high - apart.low > 1.3 * (pooled.high - pooled.low));
}

TEST_CASE("the mean of seeds of unlike sizes is that of their means") {
  CHECK(bootstrap_interval({{1, 1, 1}, {3}}).mean == Approx(2));
  for (const double mean : bootstrap_means({{1, 1, 1}, {3}}, 50)) CHECK((mean == 1 || mean == 2 || mean == 3));
}

TEST_CASE("more resamples change none of those before") {
  const PairedDifferences differences{{1, 5, 2, 8}, {3, 4}};
  const auto few = bootstrap_means(differences, 10);
  auto many = bootstrap_means(differences, 20);
  many.resize(10);
  CHECK(many == few);
}

TEST_CASE("Wilcoxon's p of few differences, by hand") {
  CHECK(*wilcoxon_p({1}) == 1);                              // 2 * 1/2
  CHECK(*wilcoxon_p({1, 2, 3, 4, 5}) == Approx(2.0 / 32));   // all signs alike
  CHECK(*wilcoxon_p({-1, 2, 3, 4, 5}) == Approx(4.0 / 32));  // the second most extreme
  CHECK(*wilcoxon_p({1, -1}) == 1);
  CHECK(*wilcoxon_p({2, 2, 2}) == Approx(2.0 / 8));               // shared ranks
  CHECK(*wilcoxon_p({0, 0, 1, 2, 3, 4, 5}) == Approx(2.0 / 32));  // zeros are left out
  CHECK(*wilcoxon_p({5, 4, 3, 2, 1}) == *wilcoxon_p({-1, -2, -3, -4, -5}));
  CHECK(!wilcoxon_p({0, 0}));
  CHECK(!wilcoxon_p({}));
}

TEST_CASE("Wilcoxon's p is SciPy's: exact, normal, and of shared ranks") {
  Values smooth, many, coarse;
  for (int i = 0; i < 64; ++i) smooth.push_back(0.1 * ((i * 37) % 64) - 2.13);
  for (int i = 0; i < 256; ++i) many.push_back(0.01 * ((i * 37) % 256) - 1.2);
  for (int i = 0; i < 12; ++i) coarse.push_back(((i * 5) % 9 - 3) / 4.0);
  CHECK(*wilcoxon_p(smooth) == Approx(0.00013253884712893793).epsilon(1e-9));
  CHECK(*wilcoxon_p(many) == Approx(0.10649436253355571).epsilon(1e-9));
  CHECK(*wilcoxon_p(coarse) == Approx(0.5966796875).epsilon(1e-9));
}

TEST_CASE("resamples are drawn as the script draws them") {
  CHECK(bootstrap_means({{1, 5, 2, 8}, {3, 4}}, 4) == Values{3.25, 3.125, 4.75, 2.75});
}

TEST_CASE("Wilcoxon's p: exact and normal meet where one takes over from the other") {
  Values values;
  for (int i = 1; i <= 200; ++i) values.push_back((i % 7 < 4 ? 1.0 : -1.0) * i);
  const double exact = *wilcoxon_p(values);
  values.push_back(0.5);
  const double normal = *wilcoxon_p(values);
  CHECK(exact == Approx(normal).epsilon(0.02));
}

TEST_CASE("Holm's correction, by hand") {
  using Ps = std::vector<std::optional<double>>;
  CHECK(holm_corrected({}).empty());
  const auto corrected = holm_corrected(Ps{0.04, 0.01, std::nullopt, 0.03, 0.9});
  CHECK(*corrected[1] == Approx(0.04));
  CHECK(*corrected[3] == Approx(0.09));
  CHECK(*corrected[0] == Approx(0.09));  // 0.08 alone, but never below the one before
  CHECK(*corrected[4] == Approx(0.9));
  CHECK(!corrected[2]);
  CHECK(*holm_corrected(Ps{0.6, 0.7})[0] == 1);
}

}  // namespace graft::core
