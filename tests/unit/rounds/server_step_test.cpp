// What the server makes of a round: its optimizers against their formulas, and means that a wrong upload cannot move far.
#include "core/rounds/server_step.hpp"

#include <ATen/ATen.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/unit/rounds/identities.hpp"
#include "tests/unit/rounds/toy_lanes.hpp"

using namespace graft::core;
using namespace graft::core::nano;
using toy::Game;

namespace {

const std::vector<std::int64_t> kEveryone = {0, 1, 2, 3};

// Plays three rounds and tells `formula` each round's mean and what was shared; what it answers is to be the new shared part.
template <class Formula>
void check_rounds(const std::string& optimizer, Formula formula) {
  auto made = federation("fedavg", kThreeRounds + Set{"server.optimizer=" + optimizer});
  for (int round = 0; round < 3; ++round) {
    const auto before = made.server.shared[0].clone();
    const auto uploads = turns_of(made, kEveryone);
    const at::Tensor expected = formula(uploads.mean(at::kDouble), before);
    merge(made, uploads);
    ++made.rounds_done;
    CHECK(gap(made.server.shared[0], expected) < kExact);
    CHECK(gap(made.server.shared[0], before) > 1e-4);
  }
}

// Client i pulls every coordinate towards a point of its own.
toy::Problem pulled(const std::vector<std::vector<double>>& points) {
  const auto loss = [points](std::int64_t client, const at::Tensor& row, std::int64_t) {
    return 0.5 * (row - at::tensor(points[client], at::kDouble)).square().sum();
  };
  const auto columns = std::int64_t(points[0].size());
  return {std::int64_t(points.size()), columns, 0, at::zeros({columns}, at::kDouble), loss};
}

// In one step of rate 1 each client uploads its point.
at::Tensor robust(const std::vector<std::vector<double>>& points, const Set& settings, const std::vector<std::int64_t>& cohort) {
  Game game("robust", settings + Set{"training.optimizer.lr=1"}, pulled(points));
  game.play(cohort);
  return game.shared();
}

const std::vector<std::vector<double>> kPoints = {{5, -1, 0}, {1, -4, 2}, {4, 0, 7}, {2, 9, -3}, {3, -2, 1}};
const Set kMedian = {"strategy.mean=median"}, kTrimmed = {"strategy.mean=trimmed", "strategy.trim=0.25"};

at::Tensor row(std::initializer_list<double> values) { return at::tensor(at::ArrayRef<double>(values), at::kDouble); }

}  // namespace

TEST_CASE("server: sgd at a rate of 1 is the mean, to the bit", "[server]") {
  check_rounds("{use=\"sgd\", lr=1.0}", [](const at::Tensor& mean, const at::Tensor&) { return mean; });
  auto made = federation("fedavg");
  const auto uploads = turns_of(made, kEveryone);
  merge(made, uploads);
  CHECK(at::equal(made.server.shared[0], uploads.mean(at::kDouble)));
}

TEST_CASE("server: sgd at a rate, with and without momentum", "[server]") {
  check_rounds("{use=\"sgd\", lr=0.3}", [](const at::Tensor& mean, const at::Tensor& x) { return x + 0.3 * (mean - x); });
  at::Tensor velocity;
  check_rounds("{use=\"sgd\", lr=0.3, momentum=0.6}", [&](const at::Tensor& mean, const at::Tensor& x) {
    velocity = velocity.defined() ? 0.6 * velocity + (mean - x) : mean - x;
    return x + 0.3 * velocity;
  });
}

TEST_CASE("server: adam and yogi are Reddi's algorithm 2, without corrections of bias", "[server]") {
  const std::string use = GENERATE("adam", "yogi");
  const bool given = GENERATE(false, true);
  const double beta1 = given ? 0.5 : 0.9, beta2 = given ? 0.8 : 0.99, tau = given ? 0.01 : 0.001;
  at::Tensor m, v;
  const auto formula = [&](const at::Tensor& mean, const at::Tensor& x) {
    const auto d = mean - x;
    if (!m.defined()) m = at::zeros_like(d), v = at::full_like(d, tau * tau);
    m = beta1 * m + (1 - beta1) * d;
    if (use == "adam") v = beta2 * v + (1 - beta2) * d * d;
    if (use == "yogi") v = v - (1 - beta2) * d * d * at::sign(v - d * d);
    return x + 0.05 * m / (at::sqrt(v) + tau);
  };
  check_rounds("{use=\"" + use + "\", lr=0.05" + (given ? ", beta1=0.5, beta2=0.8, tau=0.01}" : "}"), formula);
}

TEST_CASE("server: adam and yogi need a rate", "[server]") {
  for (const auto* use : {"adam", "yogi"}) {
    const auto refused = error_of([&] { federation("fedavg", {std::string("server.optimizer={use=\"") + use + "\"}"}); });
    CHECK(refused.status == Exit::usage);
    CHECK(std::string(refused.what()).find("server.optimizer.lr") != std::string::npos);
  }
}

TEST_CASE("server: a run that is gone on with has a straight run's bits, moments and all", "[resume]") {
  const std::string use = GENERATE("adam", "yogi");
  const Set optimizer = {"server.optimizer={use=\"" + use + "\", lr=0.05}", "training.cohort=2"};
  const auto straight = ran("fedavg", optimizer + Set{"rounds=4"});
  const Folder folder;
  auto first = federation("fedavg", optimizer + Set{"rounds=2"}), second = federation("fedavg", optimizer + Set{"rounds=4"});
  run(first, {folder.path, false, nullptr, {}});
  run(second, {folder.path, true, nullptr, {}});
  CHECK(same_bits(straight, second));
  CHECK(at::equal(straight.server.momentum, second.server.momentum));
  CHECK(at::equal(straight.server.second, second.server.second));
}

TEST_CASE("robust: median and trimmed mean, sorted by hand", "[server]") {
  const std::vector<std::int64_t> five = {0, 1, 2, 3, 4}, four = {0, 1, 2, 3}, two = {1, 3}, one = {2};
  CHECK(gap(robust(kPoints, kMedian, five), row({3, -1, 1})) < kExact);
  CHECK(gap(robust(kPoints, kMedian, four), row({3, -0.5, 1})) < kExact);  // the mean of the middle two
  CHECK(gap(robust(kPoints, kMedian, two), row({1.5, 2.5, -0.5})) < kExact);
  CHECK(gap(robust(kPoints, kMedian, one), row({4, 0, 7})) < kExact);
  CHECK(gap(robust(kPoints, kTrimmed, five), row({3, -1, 1})) < kExact);    // floor(1.25) = 1: of 2, 3, 4; -2, -1, 0; 0, 1, 2
  CHECK(gap(robust(kPoints, kTrimmed, four), row({3, -0.5, 1})) < kExact);  // of 2, 4; -1, 0; 0, 2
  const Set little = {"strategy.mean=trimmed", "strategy.trim=0.1"}, most = {"strategy.mean=trimmed", "strategy.trim=0.4"};
  CHECK(gap(robust(kPoints, little, five), row({3, 0.4, 1.4})) < kExact);  // floor(0.5) = 0: the mean
  CHECK(gap(robust(kPoints, most, five), row({3, -1, 1})) < kExact);       // floor(2) of 5: the median
}

TEST_CASE("robust: the order of clients does not matter, and one wild client does not move it far", "[server]") {
  for (const auto& mean : {kMedian, kTrimmed}) {
    CHECK(at::equal(robust(kPoints, mean, {0, 1, 2, 3, 4}), robust(kPoints, mean, {3, 0, 4, 2, 1})));
    for (const double wild : {1e9, -1e9}) {
      auto points = kPoints;
      points[2] = {wild, wild, -wild};
      const auto found = robust(points, mean, {0, 1, 2, 3, 4});
      CHECK((found >= row({1, -4, -3})).all().item<bool>());  // within the honest ones' range
      CHECK((found <= row({5, 9, 2})).all().item<bool>());
    }
  }
}

TEST_CASE("robust: with nothing trimmed it is the mean of equal weights, and what is personal stays", "[server]") {
  const Set untrimmed = {"strategy.mean=trimmed", "strategy.trim=0"};
  for (const auto* personal : {"strategy.personal=[]", "strategy.personal=\"head\""}) {
    const auto fedsim = ran("fedsim", kThreeRounds + kHeavy + Set{personal, "strategy.weighting=equal"});
    CHECK(difference(ran("robust", kThreeRounds + kHeavy + untrimmed + Set{personal}), fedsim) < kExact);
  }
}
