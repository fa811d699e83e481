// The exact identities of specs.md, 2.4: Per-FedAvg's meta-gradients, of first order and Hessian-free.
#include <ATen/ATen.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/rounds/identities.hpp"
#include "tests/unit/rounds/toy_lanes.hpp"

using namespace graft::core;
using namespace graft::core::nano;
using toy::Game;

namespace {

// What one step descends along, at a rate of 1.
at::Tensor direction(const toy::Problem& problem, const Set& settings) {
  Game game("perfedavg", Set{"training.optimizer.lr=1"} + settings, problem);
  game.play({0});
  return problem.start - game.shared();
}

// Of softmax regression, written out: (softmax - one-hot)'x / 6, its features read off by unit weights of the first class.
at::Tensor slope_of(const toy::Problem& problem, const at::Tensor& w, std::int64_t batch) {
  const auto excess = problem.logits(0, w, batch).softmax(-1) - at::one_hot(problem.labels(0, batch), 4);
  std::vector<at::Tensor> features;
  for (int i = 0; i < 3; ++i) features.push_back(problem.logits(0, at::eye(12, at::kDouble)[i], batch).select(1, 0));
  return (at::matmul(excess.t(), at::stack(features, 1)) / 6).flatten();
}

}  // namespace

TEST_CASE("perfedavg, 2.4 a: on a quadratic, hf is (I - alpha A) grad f(w - alpha grad f(w)) for any delta, fo is not",
          "[identity]") {
  const toy::Quadratics functions(1, 5);
  const auto problem = functions.problem();
  const double alpha = 0.1;
  const auto slope = [&](const at::Tensor& w) { return at::mv(functions.a[0], w) + functions.b[0]; };
  const auto inner = slope(problem.start - alpha * slope(problem.start));
  const auto exact = inner - alpha * at::mv(functions.a[0], inner);
  for (const auto* delta : {"0.01", "0.1", "1.0", "30.0"}) {
    const auto found = direction(problem, {"strategy.variant=hf", "strategy.alpha=0.1", std::string("strategy.delta=") + delta});
    CHECK(((found - exact).norm() / exact.norm()).item<double>() < kExact);
  }
  const auto first_order = direction(problem, {"strategy.variant=fo", "strategy.alpha=0.1"});
  CHECK(gap(first_order, inner) < kExact);
  CHECK(((first_order - exact).norm() / exact.norm()).item<double>() > 0.01);
}

TEST_CASE("perfedavg, 2.4 b: on softmax regression, hf is the slope of F(w) to 1e-6, fo is off by several percent", "[identity]") {
  const auto problem = toy::softmax_regression(1, true);
  const double alpha = 0.5, h = 1e-5;
  const auto meta = [&](const at::Tensor& w) {
    const auto inner = w - alpha * slope_of(problem, w, 0);
    return at::cross_entropy_loss(problem.logits(0, inner, 0), problem.labels(0, 0)).item<double>();
  };
  std::vector<double> slope;
  for (std::int64_t i = 0; i < 12; ++i) {
    const auto step = h * at::eye(12, at::kDouble)[i];
    slope.push_back((meta(problem.start + step) - meta(problem.start - step)) / (2 * h));
  }
  const auto central = at::tensor(slope, at::kDouble);
  const auto error = [&](const std::string& variant) {
    const auto found = direction(problem, {"strategy.alpha=0.5", "strategy.variant=" + variant});
    return ((found - central).norm() / central.norm()).item<double>();
  };
  CAPTURE(error("hf"), error("fo"));
  CHECK(error("hf") < 1e-6);
  CHECK(error("fo") > 0.02);
}

TEST_CASE("perfedavg, 2.4: batches are drawn in order, D before D' before D''", "[identity]") {
  const auto problem = toy::softmax_regression(1);
  const auto slope = [&](const at::Tensor& w, std::int64_t batch) { return slope_of(problem, w, batch); };
  auto w = problem.start;
  const double alpha = 0.3, beta = 0.1, delta = 1e-2;
  for (int step = 0; step < 2; ++step) {
    const auto t = slope(w - alpha * slope(w, 3 * step), 3 * step + 1);
    const auto turn = slope(w + delta * t, 3 * step + 2) - slope(w - delta * t, 3 * step + 2);
    w = w - beta * (t - alpha / (2 * delta) * turn);
  }
  Game game("perfedavg", {"strategy.variant=hf", "strategy.alpha=0.3", "strategy.delta=0.01"}, problem, 2);
  game.play({0});
  CHECK(gap(game.shared(), w) < kExact);
}

TEST_CASE("perfedavg, 2.4: alpha is the optimizer's rate where it is not given", "[identity]") {
  for (const auto* variant : {"strategy.variant=fo", "strategy.variant=hf"}) {
    CHECK(same_bits(ran("perfedavg", {variant}), ran("perfedavg", {variant, "strategy.alpha=0.1"})));
    CHECK(difference(ran("perfedavg", {variant}), ran("perfedavg", {variant, "strategy.alpha=0.2"})) > 1e-6);
  }
}

TEST_CASE("perfedavg, 2.4 c: with alpha 0 it is fedavg on the second halves", "[identity]") {
  const Set in_order = {"data.shuffle=false", "training.batch=4"};
  auto meta = nano::federation("perfedavg", in_order + Set{"strategy.alpha=0.0"}), fedavg = nano::federation("fedavg", in_order);
  for (std::size_t client = 0; client < 4; ++client) {
    auto& samples = meta.split[client].train;
    samples.resize(samples.size() / 8 * 8);  // whole draws only, so that both have the same weights
    auto& halves = fedavg.split[client].train;
    halves.clear();
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (i % 8 >= 4) halves.push_back(samples[i]);
    }
  }
  const Folder a, b;
  run(meta, {a.path, false, nullptr, {}});
  run(fedavg, {b.path, false, nullptr, {}});
  CHECK(difference(meta, fedavg) < kExact);
}
