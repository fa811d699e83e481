// Exact identities of FedProx and Ditto: what a proximal term is, and what both are without it.
#include <ATen/ATen.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/unit/rounds/identities.hpp"
#include "tests/unit/rounds/toy_lanes.hpp"

using namespace graft::core;
using namespace graft::core::nano;
using toy::Game;

TEST_CASE("fedprox with mu 0 is fedavg", "[identity]") {
  CHECK(difference(ran("fedprox", kThreeRounds + kHeavy + Set{"strategy.mu=0"}), ran("fedavg", kThreeRounds + kHeavy)) < kExact);
  CHECK(difference(ran("fedprox", kThreeRounds + kHeavy), ran("fedavg", kThreeRounds + kHeavy)) > 1e-6);
}

TEST_CASE("fedprox steps along g + mu (w - received)", "[identity]") {
  const toy::Quadratics functions(2, 4);
  Game game("fedprox", {"strategy.mu=0.6"}, functions.problem(), 3);
  auto received = functions.problem().start;
  for (int round = 0; round < 2; ++round) {
    auto mean = at::zeros_like(received);
    for (std::size_t i = 0; i < 2; ++i) {
      auto w = received;
      for (int step = 0; step < 3; ++step) w = w - 0.1 * (at::mv(functions.a[i], w) + functions.b[i] + 0.6 * (w - received));
      mean += w / 2;
    }
    received = mean;
  }
  game.play_rounds(2);
  CHECK(gap(game.shared(), received) < kExact);
}

TEST_CASE("fedprox trained to the end has the proximal point", "[identity]") {  // (A + mu) w = mu received - b
  const toy::Quadratics functions(1, 4);
  const auto start = functions.problem().start;
  const double mu = 2;
  Game game("fedprox", {"strategy.mu=2"}, functions.problem(), 400);
  game.play({0});
  const auto proximal = at::linalg_solve(functions.a[0] + mu * at::eye(4, at::kDouble), mu * start - functions.b[0]);
  CHECK(gap(game.shared(), proximal) < kExact);
}

TEST_CASE("ditto's common model is fedavg's, whatever lambda", "[identity]") {
  const std::string lambda = GENERATE("0.0", "1.0", "9.0");
  const auto ditto = ran("ditto", kThreeRounds + kHeavy + Set{"strategy.lambda=" + lambda});
  CHECK(gap(ditto.server.shared, ran("fedavg", kThreeRounds + kHeavy).server.shared) < kExact);
}

TEST_CASE("ditto with lambda 0 has local's models beside the common one, and predicts with them", "[identity]") {
  const auto ditto = ran("ditto", kThreeRounds + kHeavy + Set{"strategy.lambda=0"}), local = ran("local", kThreeRounds + kHeavy);
  for (std::int64_t client = 0; client < 4; ++client)
    CHECK(gap(ditto.store.row("own", client), local.store.row("", client)) < kExact);
  const auto a = score_everyone(ditto, 3, nullptr), b = score_everyone(local, 3, nullptr);
  for (std::size_t i = 0; i < 4; ++i) CHECK(std::abs(a[i].loss - b[i].loss) < kExact);
}

TEST_CASE("ditto steps its own model along g + lambda (v - received), over the rounds", "[identity]") {
  const toy::Quadratics functions(2, 4);
  Game game("ditto", {"strategy.lambda=0.6"}, functions.problem(), 3);
  auto w = functions.problem().start;
  std::vector<at::Tensor> own(2, w);
  for (int round = 0; round < 3; ++round) {
    auto mean = at::zeros_like(w);
    for (std::size_t i = 0; i < 2; ++i) {
      auto x = w;
      const auto slope = [&](const at::Tensor& row) { return at::mv(functions.a[i], row) + functions.b[i]; };
      for (int step = 0; step < 3; ++step) {
        own[i] = own[i] - 0.1 * (slope(own[i]) + 0.6 * (own[i] - w));
        x = x - 0.1 * slope(x);
      }
      mean += x / 2;
    }
    w = mean;
  }
  game.play_rounds(3);
  CHECK(gap(game.shared(), w) < kExact);
  for (std::int64_t i = 0; i < 2; ++i) {
    CHECK(gap(game.own(i, "own"), own[i]) < kExact);
    CHECK(at::equal(game.predictor(i), game.own(i, "own")));
  }
}

TEST_CASE("ditto with a large lambda stays near what it received", "[identity]") {
  const toy::Quadratics functions(2, 4);
  const auto distance = [&](const std::string& lambda) {
    Game game("ditto", {"strategy.lambda=" + lambda, "training.optimizer.lr=0.0001"}, functions.problem(), 300);
    game.play({0, 1});
    return (game.own(0, "own") - functions.problem().start).norm().item<double>();
  };
  const double free = distance("0"), near = distance("1000.0"), nearer = distance("9000.0");
  CHECK(near < 0.1 * free);
  CHECK(std::abs(nearer * 9 / near - 1) < 0.05);  // as 1 / lambda
}
