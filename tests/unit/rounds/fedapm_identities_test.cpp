// The exact identities of specs.md, 3.2: FedAPM.
#include <ATen/ATen.h>

#include <catch2/catch_test_macros.hpp>

#include "core/rounds/sample.hpp"
#include "tests/unit/rounds/identities.hpp"
#include "tests/unit/rounds/toy_lanes.hpp"

using namespace graft::core;
using namespace graft::core::nano;
using toy::Game;

namespace {

const Set kRhoOne = {"strategy.rho=1", "strategy.sigma=0.5"};

}  // namespace

TEST_CASE("fedapm, 3.2 a: right after the averaging, the duals and penalties sum to zero", "[identity]") {
  const toy::Quadratics functions(4, 5);
  Game game("fedapm", kRhoOne, functions.problem(2), 6);
  for (int round = 0; round < 4; ++round) {
    game.play_rounds(1);
    auto sum = at::zeros_like(game.shared());
    for (std::int64_t i = 0; i < 4; ++i) sum += game.own(i, "dual") + (game.trained()[i].slice(0, 0, 3) - game.shared());
    CHECK(sum.abs().max().item<double>() < kExact);
    CHECK(game.own(0, "dual").abs().max().item<double>() > 0.01);
  }
}

TEST_CASE("fedapm, 3.2 a: the shared part is the mean of all clients' newest messages, of those that stay away too", "[identity]") {
  for (const auto* cohort : {"training.cohort=4", "training.cohort=2"}) {
    const auto end = ran("fedapm", {"rounds=4", cohort});
    auto mean = at::zeros_like(end.server.shared[0]);
    for (std::int64_t i = 0; i < 4; ++i) mean += end.store.row("message", i) / 4;
    CHECK(gap(end.server.shared[0], mean) < kExact);
  }
}

// The message is u_i + pi_i / rho with the new dual, which is rho (u_i - u) however small rho is: so u_i is what is left without
// it.
TEST_CASE("fedapm, 3.2 a: a client that can never make a step is none of those that the mean is of", "[identity]") {
  auto end = federation("fedapm", {"rounds=3"});
  end.split[2].train.clear();
  const Folder folder;
  run(end, {folder.path, false, nullptr, {}});
  auto mean = at::zeros_like(end.server.shared[0]);
  for (const std::int64_t i : {0, 1, 3}) mean += end.store.row("message", i) / 3;
  CHECK(gap(end.server.shared[0], mean) < kExact);
}

TEST_CASE("fedapm, 3.2 b: without duals and penalties, and of uploads u_i, it is fedalt", "[identity]") {
  const Set twice = {"strategy.personal_epochs=2"};
  const auto fedapm = ran("fedapm", twice + Set{"strategy.rho=1e-12", "strategy.sigma=0"});
  const auto fedalt = ran("fedalt", twice + Set{"strategy.weighting=equal"});
  auto mean = at::zeros_like(fedapm.server.shared[0]);
  for (std::int64_t i = 0; i < 4; ++i) {
    mean += (fedapm.store.row("message", i) - fedapm.store.row("dual", i) / 1e-12) / 4;
    CHECK(gap(fedapm.store.row("", i), fedalt.store.row("", i)) < kExact);
  }
  CHECK(gap(mean, fedalt.server.shared[0]) < kExact);
}

TEST_CASE("fedapm, 3.2 c and d: on quadratics it reaches the optimum with equal copies, averaging does not", "[identity]") {
  const toy::Quadratics functions(4, 3);
  const Set none = {"strategy.personal=[]"};
  Game fedapm("fedapm", none + kRhoOne, functions.problem(), 40), fedavg("fedavg", {}, functions.problem(), 20);
  fedapm.play_rounds(120);
  fedavg.play_rounds(30);
  const auto optimum = functions.optimum();
  const auto error = [&](const at::Tensor& x) { return ((x - optimum).norm() / optimum.norm()).item<double>(); };
  CHECK(error(fedapm.shared()) < kExact);
  CHECK(error(fedavg.shared()) > 0.1);
  auto sum = at::zeros_like(optimum);
  for (std::int64_t i = 0; i < 4; ++i) {
    CHECK(gap(fedapm.trained()[i], fedapm.shared()) < kExact);
    sum += fedapm.own(i, "dual");
    CHECK(fedapm.own(i, "dual").abs().max().item<double>() > 0.1);
  }
  CHECK(sum.abs().max().item<double>() < kExact);
}

TEST_CASE("fedapm, 3.2 e: a client that is not selected keeps its state to the bit", "[identity]") {
  const Set two = {"training.cohort=2"};
  const auto before = ran("fedapm", two + Set{"rounds=3"}), after = ran("fedapm", two + Set{"rounds=4"});
  const auto cohort = sample_cohort(after, 3);
  for (std::int64_t i = 0; i < 4; ++i) {
    const bool selected = std::find(cohort.begin(), cohort.end(), i) != cohort.end();
    for (const auto* name : {"", "dual", "message"}) {
      CHECK(at::equal(before.store.row(name, i), after.store.row(name, i)) == !selected);
    }
  }
}

TEST_CASE("fedapm, 3.2: two rounds, written out", "[identity]") {
  const toy::Quadratics functions(3, 4);
  const double lr = 0.1, rho = 0.7, sigma = 0.4;
  Game game("fedapm", {"strategy.rho=0.7", "strategy.sigma=0.4", "strategy.personal_epochs=2"}, functions.problem(1), 3);
  const auto start = functions.problem(1).start;
  auto u = start.slice(0, 0, 3).clone();
  std::vector<at::Tensor> v(3, start.slice(0, 3)), dual(3, at::zeros_like(u)), z(3, u);
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < 3; ++i) {
      auto own_u = u, own_v = v[i];
      const auto slope = [&] { return at::mv(functions.a[i], at::cat({own_u, own_v})) + functions.b[i]; };
      for (int step = 0; step < 6; ++step) own_v = own_v - lr * (slope().slice(0, 3) + sigma * (own_v - v[i]));
      for (int step = 0; step < 3; ++step) own_u = own_u - lr * (slope().slice(0, 0, 3) + dual[i] + rho * (own_u - u));
      dual[i] = dual[i] + rho * (own_u - u);
      z[i] = own_u + dual[i] / rho;
      v[i] = own_v;
    }
    u = (z[0] + z[1] + z[2]) / 3;
    game.play_rounds(1);
    CHECK(gap(game.shared(), u) < kExact);
    for (std::int64_t i = 0; i < 3; ++i) {
      CHECK(gap(game.own(i), v[i]) < kExact);
      CHECK(gap(game.own(i, "dual"), dual[i]) < kExact);
    }
  }
}
