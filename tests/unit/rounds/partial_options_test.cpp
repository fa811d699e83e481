// Options of FedSim and FedAlt (specs.md, 2.9): decay of the personal part, weights, clients without a state, a closing phase.
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

}  // namespace

TEST_CASE("fedsim and fedalt, 2.9: l2 adds 2 l2 v, or 2 l2 (v - v0) of the initial v0, to the personal part's gradient",
          "[identity]") {
  const std::string strategy = GENERATE("fedsim", "fedalt"), to = GENERATE("zero", "initial");
  const toy::Quadratics functions(2, 4);
  Game game(strategy, {"strategy.l2=0.3", "strategy.l2_to=" + to}, functions.problem(2), 2);
  const auto start = functions.problem(2).start;
  auto u = start.slice(0, 0, 2).clone();
  std::vector<at::Tensor> v(2, start.slice(0, 2));
  const auto center = to == "zero" ? at::zeros_like(v[0]) : v[0].clone();
  for (int round = 0; round < 3; ++round) {
    auto mean = at::zeros_like(u);
    for (std::size_t i = 0; i < 2; ++i) {
      auto x = u, y = v[i];
      const auto slope = [&] { return at::mv(functions.a[i], at::cat({x, y})) + functions.b[i]; };
      for (int step = 0; step < 4; ++step) {  // fedalt: two of the personal part, then two of the shared one
        const auto g = slope();
        if (strategy == "fedsim" && step >= 2) break;
        if (strategy == "fedsim" || step >= 2) x = x - 0.1 * g.slice(0, 0, 2);
        if (strategy == "fedsim" || step < 2) y = y - 0.1 * (g.slice(0, 2) + 2 * 0.3 * (y - center));
      }
      mean += x / 2;
      v[i] = y;
    }
    u = mean;
  }
  game.play_rounds(3);
  CHECK(gap(game.shared(), u) < kExact);
  for (std::int64_t i = 0; i < 2; ++i) CHECK(gap(game.own(i), v[i]) < kExact);
}

TEST_CASE("fedsim, 2.9: l2 of 0 keeps no row, l2 to the initial values one like the personal part", "[identity]") {
  CHECK(federation("fedsim", {"strategy.l2_to=initial"}).model.plan.keeps.empty());
  CHECK(federation("fedsim", {"strategy.l2=0.1"}).model.plan.keeps.empty());
  const auto start = federation("fedsim", {"strategy.l2=0.1", "strategy.l2_to=initial"});
  const auto end = ran("fedsim", {"strategy.l2=0.1", "strategy.l2_to=initial", "rounds=2"});
  for (const auto client : kEveryone) CHECK(at::equal(end.store.row("origin", client), start.store.row("", client)));
}

TEST_CASE("weighting by batches counts those of an epoch, the last short one too unless it is dropped", "[identity]") {
  for (const std::string drop : {"false", "true"}) {
    const auto made = federation("fedsim", {"strategy.weighting=batches", "training.drop_last=" + drop, "training.epochs=3"});
    const auto weights = mean_weights(made, kEveryone);
    double total = 0;
    std::vector<double> batches;
    for (const auto& client : made.split) {
      const auto samples = double(client.train.size());
      batches.push_back(drop == "true" ? std::floor(samples / 8) : std::ceil(samples / 8));
      total += batches.back();
    }
    for (std::size_t i = 0; i < 4; ++i) CHECK(std::abs(weights[i] - batches[i] / total) < kExact);
    CHECK(weights != mean_weights(federation("fedsim", {"training.drop_last=" + drop}), kEveryone));
  }
}

TEST_CASE("stateless: every turn begins with the initial personal values, and what it ends with is scored", "[identity]") {
  const std::string strategy = GENERATE("fedsim", "fedalt");
  const Set two = {"rounds=2"}, stateless = {"strategy.stateless=true"};
  const auto first = ran(strategy, stateless), end = ran(strategy, two + stateless);
  auto second = federation(strategy, two);  // a second round from initial personal values
  second.server.shared = first.server.shared.clone();
  second.rounds_done = 1;
  merge(second, turns_of(second, kEveryone));
  CHECK(same_bits(second, end));
  CHECK(same_bits(first, ran(strategy)));
  CHECK_FALSE(same_bits(end, ran(strategy, two)));
  const auto a = score_everyone(second, 2, nullptr), b = score_everyone(end, 2, nullptr);
  for (std::size_t i = 0; i < 4; ++i) CHECK(a[i].loss == b[i].loss);
}

TEST_CASE("stateless: hooks see the initial values as those that the turn began with", "[identity]") {
  const auto start = federation("fedsim"), end = ran("fedsim"), stateless = ran("fedsim", {"strategy.stateless=true"});
  auto kept = start_training(end, {1, 2}, 1, {}), anew = start_training(stateless, {1, 2}, 1, {});
  CHECK(at::equal(kept.stored("")[0], end.store.row("", 1)));
  for (std::int64_t lane = 0; lane < 2; ++lane) CHECK(at::equal(anew.stored("")[lane], start.store.row("", 1)));
  CHECK(at::equal(anew.full_rows().narrow(1, start.model.catalog.shared, start.store.row("", 1).numel()), anew.stored("")));
}

TEST_CASE("final_epochs: after the last round every client trains its personal part, and nothing else", "[identity]") {
  const std::string strategy = GENERATE("fedsim", "fedalt");
  const Set sampled = {"rounds=2", "training.cohort=1"}, last = {"strategy.final_epochs=2"};
  const auto without = ran(strategy, sampled), with = ran(strategy, sampled + last);
  CHECK(at::equal(without.server.shared, with.server.shared));
  for (const auto client : kEveryone) CHECK_FALSE(at::equal(without.store.row("", client), with.store.row("", client)));
  const auto fedrep = ran("fedrep", sampled + Set{"strategy.schedule=joint", "strategy.final_head_epochs=2"});
  if (strategy == "fedsim") CHECK(same_bits(with, fedrep));
}

TEST_CASE("stateless and final_epochs: the closing phase begins with the initial personal values too", "[identity]") {
  const Set stateless = {"strategy.stateless=true", "strategy.final_epochs=2"};
  const auto end = ran("fedsim", stateless);
  auto closed = federation("fedsim", stateless);
  closed.server.shared = end.server.shared.clone();
  closed.rounds_done = 1;
  const at::NoGradGuard no_grad;
  RoundRecord record;
  CHECK(close_turns(closed, record, nullptr).size() == 4);
  CHECK(same_bits(closed, end));
}
