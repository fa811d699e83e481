// The exact identities of specs.md, 3.3: FedAvg-P, SCAFFOLD and Scaffold-P.
#include <ATen/ATen.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/rounds/identities.hpp"
#include "tests/unit/rounds/toy_lanes.hpp"

using namespace graft::core;
using namespace graft::core::nano;
using toy::Game;

namespace {

const Set kAll = {"strategy.personal=\"*\""}, kNone = {"strategy.personal=[]"};

// The mean of all clients' variates.
at::Tensor mean_variate(const Federation& federation) {
  auto sum = at::zeros_like(federation.store.row("variate", 0));
  for (std::int64_t client = 0; client < federation.clients(); ++client) sum += federation.store.row("variate", client);
  return sum / double(federation.clients());
}

}  // namespace

TEST_CASE("fedavg_p, 3.3 a: equal rates and a server's rate of 1 are fedsim, of equal weights", "[identity]") {
  const auto fedavg_p = ran("fedavg_p", kThreeRounds + kHeavy);
  CHECK(difference(fedavg_p, ran("fedsim", kThreeRounds + kHeavy + Set{"strategy.weighting=equal"})) < kExact);
  const auto by_samples = ran("fedavg_p", kThreeRounds + Set{"strategy.weighting=samples"});
  CHECK(difference(by_samples, ran("fedsim", kThreeRounds)) < kExact);
}

TEST_CASE("fedavg_p, 3.3: steps at two rates and a server's rate, written out", "[identity]") {
  const toy::Quadratics functions(3, 4);
  Game game("fedavg_p", {"strategy.personal_lr_scale=0.5", "server.optimizer.lr=0.7"}, functions.problem(1), 2);
  const auto start = functions.problem(1).start;
  auto x = start.slice(0, 0, 3).clone();
  std::vector<at::Tensor> y(3, start.slice(0, 3));
  const auto rate = at::tensor({0.1, 0.1, 0.1, 0.05}, at::kDouble);
  for (int round = 0; round < 3; ++round) {
    auto mean = at::zeros_like(x);
    for (std::size_t i = 0; i < 3; ++i) {
      auto row = at::cat({x, y[i]});
      for (int step = 0; step < 2; ++step) row = row - rate * (at::mv(functions.a[i], row) + functions.b[i]);
      mean += row.slice(0, 0, 3) / 3;
      y[i] = row.slice(0, 3);
    }
    x = x + 0.7 * (mean - x);
  }
  game.play_rounds(3);
  CHECK(gap(game.shared(), x) < kExact);
  for (std::int64_t i = 0; i < 3; ++i) CHECK(gap(game.own(i), y[i]) < kExact);
}

TEST_CASE("scaffold_p, 3.3 b: with variates of zero it is fedavg_p", "[identity]") {
  const Set rates = {"strategy.personal_lr_scale=0.5", "training.epochs=2"};
  CHECK(difference(ran("scaffold_p", rates), ran("fedavg_p", rates)) < kExact);  // a first round's are zero
  auto one = toy::Quadratics(1, 4);  // clients alike: every variate is the common one, and the correction stays zero
  one.a.resize(3, one.a[0]);
  one.b.resize(3, one.b[0]);
  Game with("scaffold_p", {}, one.problem(2), 5), without("fedavg_p", {}, one.problem(2), 5);
  with.play_rounds(4);
  without.play_rounds(4);
  CHECK(with.served("common").abs().max().item<double>() > 0.01);
  CHECK(gap(with.shared(), without.shared()) < kExact);
  CHECK(gap(with.own(1), without.own(1)) < kExact);
}

TEST_CASE("scaffold_p, 3.3 c: the common variate is the mean of the clients', always", "[identity]") {
  for (const auto* strategy : {"scaffold", "scaffold_p"}) {
    for (const auto* cohort : {"training.cohort=4", "training.cohort=2"}) {  // of all of them, sampled or not
      for (const auto* rounds : {"rounds=1", "rounds=2", "rounds=4"}) {
        INFO(strategy << " " << cohort << " " << rounds);
        const auto end = ran(strategy, {rounds, cohort});
        CHECK(end.server.served.at("common").abs().max().item<double>() > 1e-6);
        CHECK(gap(end.server.served.at("common")[0], mean_variate(end)) < kExact);
      }
    }
  }
}

TEST_CASE("scaffold_p, 3.3 d: on quadratics it reaches the optimum, and fedavg_p a biased point", "[identity]") {
  for (const std::int64_t head : {0, 2}) {
    const toy::Quadratics functions(4, 5);
    const Set split = head > 0 ? Set{} : kNone;
    Game scaffold_p("scaffold_p", split, functions.problem(head), 5), fedavg_p("fedavg_p", split, functions.problem(head), 5);
    scaffold_p.play_rounds(150);
    fedavg_p.play_rounds(150);
    const auto optimum = functions.optimum(head);
    const auto error = [&](const Game& game) { return ((game.shared() - optimum).norm() / optimum.norm()).item<double>(); };
    CAPTURE(head, error(fedavg_p));
    CHECK(error(scaffold_p) < kExact);
    CHECK(error(fedavg_p) > 0.01);
  }
}

TEST_CASE("scaffold_p, 3.3 e: fully shared it is scaffold, fully personal it is local", "[identity]") {
  CHECK(same_bits(ran("scaffold_p", kThreeRounds + kNone), ran("scaffold", kThreeRounds)));
  const auto personal = ran("scaffold_p", kThreeRounds + kAll), local = ran("local", kThreeRounds);
  CHECK(personal.server.shared.numel() == 0);
  CHECK(difference(personal, local) < kExact);
}

TEST_CASE("scaffold: three rounds of sampled clients, written out", "[identity]") {
  const toy::Quadratics functions(3, 4);
  const double lr = 0.1, gamma = 0.8;
  const int tau = 3;
  Game game("scaffold", {"server.optimizer.lr=0.8"}, functions.problem(), tau);
  auto x = functions.problem().start.clone(), c = at::zeros_like(x);
  std::vector<at::Tensor> own(3, c);
  for (const auto& cohort : std::vector<std::vector<std::int64_t>>{{0, 2}, {1, 2}, {0, 1, 2}}) {
    auto way = at::zeros_like(x), change = at::zeros_like(x);
    for (const auto i : cohort) {
      auto y = x;
      for (int step = 0; step < tau; ++step) y = y - lr * (at::mv(functions.a[i], y) + functions.b[i] - own[i] + c);
      const auto next = own[i] - c + (x - y) / (tau * lr);
      way += (y - x) / double(cohort.size());
      change += next - own[i];
      own[i] = next;
    }
    x = x + gamma * way;
    c = c + change / 3;
    game.play(cohort);
    CHECK(game.uploads().size(1) == 8);  // x_i - x and the variate's change
    CHECK(gap(game.uploads().mean(0), at::cat({way, change / double(cohort.size())})) < kExact);
    CHECK(gap(game.shared(), x) < kExact);
    CHECK(gap(game.served("common"), c) < kExact);
    for (std::int64_t i = 0; i < 3; ++i) CHECK(gap(game.own(i, "variate"), own[i]) < kExact);
  }
}

TEST_CASE("scaffold: steps are plain whatever the optimizer, so that a variate is a mean gradient", "[identity]") {
  const Set rough = kHeavy + Set{"training.clip_norm=0.01"};
  for (const auto* strategy : {"scaffold", "scaffold_p"}) {
    CHECK(same_bits(ran(strategy, kThreeRounds), ran(strategy, kThreeRounds + rough)));
  }
}

TEST_CASE("scaffold, scaffold_p and fedavg_p, 3.3: the shared part travels each way, with variates twice", "[identity]") {
  const at::NoGradGuard no_grad;
  for (const auto& [strategy, times] : {std::pair{"scaffold", 2}, std::pair{"scaffold_p", 2}, std::pair{"fedavg_p", 1}}) {
    auto made = federation(strategy);
    RoundRecord record;
    record.cohort = {0, 1, 2, 3};
    train_cohort(made, record, false, nullptr, [](double) {});
    CHECK(record.upload_bytes == double(4 * times * made.model.catalog.shared * 8));
    CHECK(record.download_bytes == record.upload_bytes);
  }
}
