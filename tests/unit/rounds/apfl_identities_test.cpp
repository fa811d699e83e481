// The exact identities of specs.md, 2.3, for every variant of APFL.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "core/rounds/sample.hpp"
#include "tests/unit/rounds/identities.hpp"
#include "tests/unit/rounds/toy_lanes.hpp"

using namespace graft::core;
using namespace graft::core::nano;
using toy::Game;

namespace {

const Set kFixed = {"strategy.adaptive=false"}, kLogit = {"strategy.variant=fedtorch_logit"}, kPfllib = {"strategy.variant=pfllib"};

// A round of one client, one batch a step.
struct Played {
  explicit Played(const Set& settings, std::int64_t steps = 1)
      : problem(toy::softmax_regression(1)), game("apfl", settings, problem, steps) {
    game.play({0});
  }
  double alpha() const { return game.own(0, "alpha").item<double>(); }
  toy::Problem problem;
  Game game;
};

at::Tensor loss_of(const toy::Problem& problem, const at::Tensor& logits, std::int64_t batch, std::int64_t client = 0) {
  return at::cross_entropy_loss(logits, problem.labels(client, batch));
}

at::Tensor slope_of(const toy::Problem& problem, const at::Tensor& row, std::int64_t batch, std::int64_t client = 0) {
  const at::AutoGradMode on(true);
  const auto leaf = row.detach().requires_grad_(true);
  return torch::autograd::grad({loss_of(problem, problem.logits(client, leaf, batch), batch, client)}, {leaf})[0];
}

}  // namespace

TEST_CASE("apfl, 2.3 a: in every variant, whatever alpha, the common model is fedavg's", "[identity]") {
  const std::string variant = GENERATE("paper_param", "fedtorch_logit", "pfllib");
  const auto more = kThreeRounds + kHeavy + Set{"training.cohort=3"};
  const auto fedavg = ran("fedavg", more);
  for (const auto* alpha : {"strategy.alpha=0.0", "strategy.alpha=0.25", "strategy.alpha=1.0"}) {
    for (const auto* adaptive : {"strategy.adaptive=true", "strategy.adaptive=false"}) {
      const auto apfl = ran("apfl", more + Set{"strategy.variant=" + variant, alpha, adaptive});
      CAPTURE(variant, alpha, adaptive);
      CHECK(gap(apfl.server.shared, fedavg.server.shared) < kExact);
    }
  }
}

TEST_CASE("apfl, 2.3 b: with alpha fixed at 0, who is scored right after its turn is scored as fedavg's copy", "[identity]") {
  const Set timing = kThreeRounds + Set{"evaluation.when=before_merge"};
  for (const auto& variant : {Set{}, kLogit, kPfllib}) {
    auto apfl = federation("apfl", timing + kFixed + variant + Set{"strategy.alpha=0.0"}), fedavg = federation("fedavg", timing);
    const at::NoGradGuard no_grad;
    RoundRecord a, b;
    a.round = b.round = 1;
    a.cohort = b.cohort = {0, 1, 2, 3};
    train_cohort(apfl, a, true, nullptr, [](double) {});
    train_cohort(fedavg, b, true, nullptr, [](double) {});
    REQUIRE(a.scores.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) CHECK(std::abs(a.scores[i].loss - b.scores[i].loss) < kExact);
  }
}

TEST_CASE("apfl, 2.3 c: with alpha fixed at 1 the own model is local's, in every variant", "[identity]") {
  const auto local = ran("local", kThreeRounds + kHeavy);
  for (const auto& variant : {Set{}, kLogit, kPfllib}) {
    const auto apfl = ran("apfl", kThreeRounds + kHeavy + kFixed + variant + Set{"strategy.alpha=1.0"});
    for (std::int64_t client = 0; client < 4; ++client)
      CHECK(gap(apfl.store.row("twin", client), local.store.row("", client)) < kExact);
  }
}

TEST_CASE("apfl, 2.3 d: paper_param's alpha descends along the slope of f(alpha v + (1 - alpha) w)", "[identity]") {
  const Played played({});
  const auto v = played.problem.start, w = v - 0.1 * slope_of(played.problem, v, 0);
  const double h = 1e-5, alpha = 0.25;
  const auto mixture = [&](double share) {
    return loss_of(played.problem, played.problem.logits(0, share * v + (1 - share) * w, 0), 0).item<double>();
  };
  const double central = (mixture(alpha + h) - mixture(alpha - h)) / (2 * h), found = (alpha - played.alpha()) / 0.1;
  CHECK(std::abs(central) > 1e-3);
  CHECK(std::abs(found - central) < 1e-6 * std::abs(central));
}

// Of FedTorch's alpha the gradient is a surrogate, alpha g_v + (1 - alpha) g_w at v and w after their steps: in the alpha of a
// mixture of logits there is another. What is a slope, v's, is checked as one; the surrogate is written out.
TEST_CASE("apfl, 2.3 d: fedtorch_logit's v descends along the slope of the mixed logits' loss, alpha as written out",
          "[identity]") {
  const Played played(kLogit, 2);  // two steps: alpha is learned in the first of the round only
  const auto& problem = played.problem;
  const double lr = 0.1, h = 1e-5;
  double alpha = 0.25;
  auto v = problem.start, w = v;
  for (std::int64_t step = 0; step < 2; ++step) {
    w = w - lr * slope_of(problem, w, step);
    const auto mixture = [&](const at::Tensor& own, const at::Tensor& common) {
      const auto logits = alpha * problem.logits(0, own, step) + (1 - alpha) * problem.logits(0, common, step);
      return loss_of(problem, logits, step).item<double>();
    };
    std::vector<double> of_v, of_w;
    for (std::int64_t i = 0; i < 12; ++i) {
      const auto e = h * at::eye(12, at::kDouble)[i];
      of_v.push_back((mixture(v + e, w) - mixture(v - e, w)) / (2 * h));
      of_w.push_back((mixture(v, w + e) - mixture(v, w - e)) / (2 * h));
    }
    const auto g_v = at::tensor(of_v, at::kDouble), g_w = at::tensor(of_w, at::kDouble);
    v = v - lr * g_v;
    if (step == 0) alpha -= lr * (at::dot(v - w, alpha * g_v + (1 - alpha) * g_w).item<double>() + 0.02 * alpha);
  }
  CHECK(gap(played.game.own(0, "twin"), v) < 1e-9);  // finite differences'
  CHECK(std::abs(played.alpha() - alpha) < 1e-9);
}

// Two clients and rounds: in a first round v and w are one.
TEST_CASE("apfl, 2.3: pfllib's steps and its mixture once a round, written out", "[identity]") {
  const auto problem = toy::softmax_regression(2);
  Game game("apfl", kPfllib, problem, 3);
  const double lr = 0.1;
  auto common = problem.start;
  std::vector<at::Tensor> own(2, common), copies(2, common);
  std::vector<double> alpha(2, 0.25);
  for (int round = 0; round < 3; ++round) {
    for (std::int64_t i = 0; i < 2; ++i) {
      auto v = own[i], w = common;
      for (std::int64_t step = 0; step < 3; ++step) {
        const auto g_w = slope_of(problem, w, step, i), g_v = slope_of(problem, v, step, i);
        w = w - lr * g_w;
        v = v - lr * g_v;
        alpha[i] -= lr * (at::dot(v - w, alpha[i] * g_v + (1 - alpha[i]) * g_w).item<double>() + 0.02 * alpha[i]);
        alpha[i] = std::clamp(alpha[i], 0.0, 1.0);
      }
      own[i] = (1 - alpha[i]) * w + alpha[i] * v;
      copies[i] = w;
    }
    common = (copies[0] + copies[1]) / 2;
    game.play_rounds(1);
    for (std::int64_t i = 0; i < 2; ++i) {
      CHECK(std::abs(game.own(i, "alpha").item<double>() - alpha[i]) < kExact);
      CHECK(gap(game.own(i, "twin"), own[i]) < kExact);
      CHECK(gap(game.logits(i, 7), problem.logits(i, own[i], 7)) < kExact);  // it predicts with v alone
    }
    CHECK(gap(game.shared(), common) < kExact);
  }
}

TEST_CASE("apfl, 2.3 e: where the model is linear in its parameters, mixed logits are mixed parameters", "[identity]") {
  const Played logit(kLogit + kFixed + Set{"strategy.alpha=0.4"}, 4), param(kFixed + Set{"strategy.alpha=0.4"}, 4);
  CHECK(gap(logit.game.own(0, "twin"), param.problem.start) > 0.01);
  CHECK(gap(logit.game.own(0, "twin"), param.game.own(0, "twin")) < kExact);
  CHECK(gap(logit.game.logits(0, 7), param.game.logits(0, 7)) < kExact);
  CHECK(gap(logit.game.logits(0, 7), logit.problem.logits(0, logit.game.own(0, "twin"), 7)) > 0.001);
}

TEST_CASE("apfl, 2.3 f: pfllib with alpha fixed at 0 ends with its own trained copy, stale where it is not sampled", "[identity]") {
  const Set zero = kPfllib + kFixed + Set{"strategy.alpha=0.0", "rounds=2"};
  const auto apfl = ran("apfl", zero);
  for (std::int64_t client = 0; client < 4; ++client) {
    auto copy = federation("fedavg", {"rounds=2"});  // a turn of its second round, from what was shared after the first
    copy.server.shared = ran("fedavg").server.shared.clone();
    copy.rounds_done = 1;
    const auto trained = turns_of(copy, {client}).mean(at::kDouble);
    CHECK(gap(apfl.store.row("twin", client), trained) < kExact);
    CHECK(gap(apfl.store.row("twin", client), apfl.server.shared[0]) > 1e-4);
  }
  const Set sampled = zero + Set{"training.cohort=2"};
  const auto before = ran("apfl", sampled), after = ran("apfl", sampled + Set{"rounds=3"});
  const auto cohort = sample_cohort(after, 2);
  for (std::int64_t client = 0; client < 4; ++client) {
    const bool stale = std::find(cohort.begin(), cohort.end(), client) == cohort.end();
    CHECK(at::equal(before.store.row("twin", client), after.store.row("twin", client)) == stale);
  }
}

TEST_CASE("apfl, 2.3 b: with alpha fixed at 0 it scores as fedavg does, with the model just received", "[identity]") {
  const auto apfl = nano::federation("apfl", {"strategy.alpha=0.0", "strategy.adaptive=false"});
  const auto fedavg = nano::federation("fedavg");
  const auto a = score_clients(apfl, {0, 1, 2, 3}, 0, nullptr), b = score_clients(fedavg, {0, 1, 2, 3}, 0, nullptr);
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(std::abs(a[i].loss - b[i].loss) < kExact);
}

TEST_CASE("apfl, 2.3 d: on ViT-nano, alpha descends along the slope of the mixture's loss", "[identity]") {
  const Set one = {"data.clients=1", "data.min_samples=0", "training.batch=1000"};
  const auto start = nano::federation("apfl", one), end = ran("apfl", one);
  const auto own = parameters_of(start), common = parameters_of(end);  // v before the step, w after it
  const auto& samples = start.split[0].train;
  const auto mixture = [&](double alpha) {
    std::vector<at::Tensor> mixed;
    for (std::size_t i = 0; i < own.size(); ++i) mixed.push_back(own[i] * alpha + common[i] * (1 - alpha));
    return loss_of(start, mixed, samples).item<double>();
  };
  const double alpha = 0.25, h = 1e-4;
  const double slope = (mixture(alpha + h) - mixture(alpha - h)) / (2 * h);
  const double found = (alpha - end.store.row("alpha", 0).item<double>()) / 0.1;
  CHECK(std::abs(slope) > 1e-4);
  CHECK(std::abs(found - slope) < 1e-6 * std::abs(slope));
}
