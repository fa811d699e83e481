// The exact identities of specs.md, 3.1: graphs, their weights, and DFedAlt and DFedSalt on them.
#include "core/rounds/gossip.hpp"

#include <ATen/ATen.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/unit/rounds/identities.hpp"
#include "tests/unit/rounds/toy_lanes.hpp"

using namespace graft::core;
using namespace graft::core::nano;

namespace {

const std::vector<std::int64_t> kEveryone = {0, 1, 2, 3};
const Set kNone = {"strategy.personal=[]"};

at::Tensor matrix_of(const Gossip& gossip, std::int64_t clients, std::int64_t round = 0, std::uint64_t seed = 3) {
  auto matrix = at::zeros({clients, clients}, at::kDouble);
  const auto edges = edges_of(gossip, clients, seed, round);
  for (std::int64_t i = 0; i < clients; ++i) {
    for (const auto& [other, weight] : heard_by(edges, i)) matrix[i][other] = weight;
  }
  return matrix;
}

// Whom client 0 hears.
std::vector<std::int64_t> heard(Graph graph, std::int64_t clients, std::int64_t client = 0) {
  std::vector<std::int64_t> others;
  const Gossip gossip{graph, 0.1, false};
  for (const auto& [other, weight] : heard_by(edges_of(gossip, clients, 3, 0), client)) {
    if (other != client) others.push_back(other);
  }
  return others;
}

// The shared parts of all clients, [N, S].
at::Tensor bodies(const Federation& federation) {
  return federation.store.fetch("", kEveryone, at::kCPU).narrow(1, 0, federation.model.catalog.shared);
}

}  // namespace

TEST_CASE("gossip, 3.1: every graph hears whom its name says", "[identity]") {
  using Clients = std::vector<std::int64_t>;
  CHECK(heard(Graph::ring, 10) == Clients{1, 9});
  CHECK(heard(Graph::ring, 2) == Clients{1});
  CHECK(heard(Graph::ring, 1).empty());
  CHECK(heard(Graph::grid, 16, 5) == Clients{1, 4, 6, 9});
  CHECK(heard(Graph::grid, 4) == Clients{1, 2, 3});
  CHECK(heard(Graph::exponential, 10) == Clients{1, 2, 4, 8});
  CHECK(heard(Graph::exponential, 10, 7) == Clients{1, 5, 8, 9});
  CHECK(heard(Graph::full, 4, 2) == Clients{0, 1, 3});
  CHECK(heard(Graph::none, 4).empty());
}

TEST_CASE("gossip, 3.1: every matrix is row-stochastic, metropolis' doubly and symmetric", "[identity]") {
  const auto graph = GENERATE(Graph::random, Graph::ring, Graph::grid, Graph::exponential, Graph::full);
  for (const bool metropolis : {false, true}) {
    for (const std::int64_t clients : {1, 2, 3, 7, 10, 16}) {
      CAPTURE(int(graph), metropolis, clients);
      const auto matrix = matrix_of({graph, 0.3, metropolis}, clients);
      CHECK(matrix.min().item<double>() >= 0);
      CHECK(matrix.diagonal().min().item<double>() > 1e-3);  // of its own each keeps some
      CHECK(gap(matrix.sum(1), at::ones({clients}, at::kDouble)) < 1e-14);
      if (!metropolis) continue;
      CHECK(gap(matrix.sum(0), at::ones({clients}, at::kDouble)) < 1e-14);
      CHECK(at::equal(matrix.tril(-1).t(), matrix.triu(1)));
    }
  }
}

TEST_CASE("gossip, 3.1: a draw is a function of seed, round and client", "[identity]") {
  const Gossip gossip{Graph::random, 0.2, false};
  CHECK(at::equal(matrix_of(gossip, 20, 4), matrix_of(gossip, 20, 4)));
  CHECK_FALSE(at::equal(matrix_of(gossip, 20, 4), matrix_of(gossip, 20, 5)));
  CHECK_FALSE(at::equal(matrix_of(gossip, 20, 4), matrix_of(gossip, 20, 4, 9)));
  const auto drawn = matrix_of(gossip, 20) > 0;
  CHECK(at::equal(drawn.sum(1), at::full({20}, 5, at::kLong)));  // four others and itself
  CHECK_FALSE(at::equal(drawn, drawn.t()));
  CHECK(at::equal(matrix_of({Graph::random, 0, false}, 20), at::eye(20, at::kDouble)));
  CHECK(at::equal((matrix_of({Graph::random, 0.001, false}, 20) > 0).sum(1), at::full({20}, 2, at::kLong)));
  CHECK(at::equal((matrix_of({Graph::random, 1, false}, 20) > 0).sum(1), at::full({20}, 20, at::kLong)));
}

TEST_CASE("gossip, 3.1: every draw is as likely as every other", "[identity]") {
  auto counts = at::zeros({5, 5}, at::kDouble);
  for (int round = 0; round < 2000; ++round) counts += (matrix_of({Graph::random, 0.4, false}, 5, round) > 0).to(at::kDouble);
  CHECK(gap(counts.diagonal(), at::full({5}, 2000, at::kDouble)) == 0);
  const auto others = counts - at::diag(counts.diagonal());  // each hears two of four: 1000 of 2000, deviation 22
  CHECK((others - 1000 + at::eye(5) * 1000).abs().max().item<double>() < 110);
}

TEST_CASE("gossip, 3.1: the mean degree is that of all clients", "[identity]") {
  const auto graph = GENERATE(Graph::random, Graph::ring, Graph::grid, Graph::exponential, Graph::full, Graph::none);
  for (const bool metropolis : {false, true}) {
    CAPTURE(int(graph), metropolis);
    const auto degrees = (matrix_of({graph, 0.3, metropolis}, 11) > 0).sum(1) - 1;
    CHECK(edges_of({graph, 0.3, metropolis}, 11, 3, 0).mean_degree() == degrees.to(at::kDouble).mean().item<double>());
  }
}

TEST_CASE("dfedalt, 3.1 a: everybody hears everybody, nothing personal: the mixture is fedavg of equal weights", "[identity]") {
  for (const auto* rounds : {"rounds=1", "rounds=3"}) {
    auto dfedalt = ran("dfedalt", kNone + kHeavy + Set{rounds, "strategy.topology=full"});
    const auto fedavg = ran("fedsim", kNone + kHeavy + Set{rounds, "strategy.weighting=equal"});
    const auto mixtures = mixed(dfedalt, edges_of(dfedalt, dfedalt.rounds_done), kEveryone);
    CHECK(gap(mixtures, fedavg.server.shared.expand_as(mixtures)) < kExact);
  }
}

TEST_CASE("dfedalt, 3.1 b: a doubly stochastic matrix leaves the mean of bodies as it is", "[identity]") {
  const std::string topology = GENERATE("random", "ring", "grid", "exponential", "full");
  const auto trained = ran("dfedalt", {"rounds=2", "strategy.mixing=metropolis", "strategy.topology=" + topology});
  const auto before = bodies(trained), after = mixed(trained, edges_of(trained, trained.rounds_done), kEveryone);
  CHECK(gap(before, after) > 1e-4);
  CHECK(gap(before.mean(0), after.mean(0)) < 1e-14);
}

TEST_CASE("dfedalt, 3.1 b: a ring of ten contracts by its second eigenvalue, 0.872678", "[identity]") {
  const auto matrix = matrix_of({Graph::ring, 0.1, true}, 10);
  CHECK(at::equal(matrix, matrix_of({Graph::ring, 0.1, false}, 10)));  // all degrees are equal
  const auto eigenvalues = std::get<0>(at::linalg_eigh(matrix));       // ascending
  CHECK(std::abs(eigenvalues[9].item<double>() - 1) < 1e-14);
  CHECK(std::abs(eigenvalues[8].item<double>() - 0.872678) < 1e-6);
  CHECK(std::abs(eigenvalues[8].item<double>() - (1 + 2 * std::cos(2 * std::numbers::pi / 10)) / 3) < 1e-14);
  at::manual_seed(1);
  auto rows = at::randn({10, 30}, at::kDouble);
  const auto apart = [&] { return (rows - rows.mean(0)).norm().item<double>(); };
  for (int round = 0; round < 20; ++round) {
    const auto before = apart();
    rows = at::matmul(matrix, rows);
    CHECK(apart() <= 0.8726780 * before);
  }
}

TEST_CASE("dfedalt, 3.1 c: who hears nobody is alone, with fedalt's schedule", "[identity]") {
  const Set schedule = {"strategy.personal_epochs=2", "strategy.shared_epochs=1"};
  const auto dfedalt = ran("dfedalt", kThreeRounds + kHeavy + schedule + Set{"strategy.neighbours=0"});
  for (const auto client : kEveryone) {
    const auto one = alone("fedalt", kThreeRounds + kHeavy + schedule, client);
    const auto whole = at::cat({one.server.shared[0], one.store.row("", client)});
    CHECK(gap(dfedalt.store.row("", client), whole) < kExact);
  }
  const auto none = ran("dfedalt", kThreeRounds + kNone + Set{"strategy.neighbours=0"});
  CHECK(difference(none, ran("local", kThreeRounds)) < kExact);
}

TEST_CASE("dfedsalt, 3.1 d: with rho 0 it is dfedalt, else it is not", "[identity]") {
  const auto dfedalt = ran("dfedalt", kThreeRounds + kHeavy);
  CHECK(difference(ran("dfedsalt", kThreeRounds + kHeavy + Set{"strategy.rho=0"}), dfedalt) < kExact);
  CHECK(difference(ran("dfedsalt", kThreeRounds + kHeavy), dfedalt) > 1e-5);
}

TEST_CASE("dfedsalt, 3.1 e: on 1/2 x'Ax the direction is A (x + rho Ax / |Ax|)", "[identity]") {
  const auto a = at::diag(at::tensor({1.0, 4.0}, at::kDouble));
  const auto loss = [=](std::int64_t, const at::Tensor& x, std::int64_t) { return 0.5 * at::dot(x, at::mv(a, x)); };
  const toy::Problem problem{1, 2, 0, at::ones({2}, at::kDouble), loss};
  toy::Game game("dfedsalt", kNone + Set{"strategy.rho=0.1", "training.optimizer.lr=1"}, problem);
  game.play({0});
  const auto direction = problem.start - game.own(0);
  CHECK(gap(direction, at::tensor({1.0242536, 4.3880570}, at::kDouble)) < 1e-7);
  const auto slope = at::mv(a, problem.start);
  CHECK(gap(direction, at::mv(a, problem.start + 0.1 * slope / slope.norm())) < kExact);
}

TEST_CASE("dfedsalt, 3.1 e: the head's phase is plain, and no part of the radius", "[identity]") {
  const toy::Quadratics functions(2, 4);
  toy::Game game("dfedsalt", {"strategy.rho=0.3", "strategy.topology=full", "strategy.personal_lr_scale=0.5"},
                 functions.problem(2));
  const auto start = functions.problem(2).start;
  std::vector<at::Tensor> rows(2, start);
  for (int round = 0; round < 3; ++round) {
    const auto mixture = (rows[0].slice(0, 0, 2) + rows[1].slice(0, 0, 2)) / 2;
    for (std::size_t i = 0; i < 2; ++i) {
      auto u = mixture, v = rows[i].slice(0, 2);
      const auto slope = [&](const at::Tensor& at_u) { return at::mv(functions.a[i], at::cat({at_u, v})) + functions.b[i]; };
      v = v - 0.05 * slope(u).slice(0, 2);
      const auto g = slope(u).slice(0, 0, 2);
      u = u - 0.1 * slope(u + 0.3 * g / g.norm()).slice(0, 0, 2);
      rows[i] = at::cat({u, v});
    }
    game.play_rounds(1);
    for (std::int64_t i = 0; i < 2; ++i) CHECK(gap(game.own(i), rows[i]) < kExact);
  }
}

TEST_CASE("dfedalt, 3.1 f: heads never travel", "[identity]") {
  auto one = federation("dfedalt", {"strategy.topology=ring"});
  const at::NoGradGuard no_grad;
  RoundRecord record;
  record.round = 1;
  record.cohort = kEveryone;
  CHECK(train_cohort(one, record, false, nullptr, [](double) {}).count() == 0);
  one.store.commit();
  const auto& catalog = one.model.catalog;
  CHECK(catalog.row - catalog.shared == 4 * 16 + 4);
  CHECK(record.upload_bytes == double(4 * 2 * catalog.shared * 8));  // each sends to two neighbours
  CHECK(record.download_bytes == record.upload_bytes);
  one.rounds_done = 1;
  auto other = one;  // another head of client 3's: nobody else can tell
  auto rows = other.store.rows().at(3);
  rows[""] = rows.at("").clone();
  rows.at("").slice(0, catalog.shared).add_(0.5);
  other.store.put(3, rows);
  turns_of(one, kEveryone);
  turns_of(other, kEveryone);
  for (const auto client : kEveryone) {
    CHECK(at::equal(one.store.row("", client), other.store.row("", client)) == (client != 3));
  }
}

TEST_CASE("dfedalt, 3.1: a turn begins with the mixture, and hooks receive it", "[identity]") {
  const auto trained = ran("dfedalt", {"rounds=2", "strategy.topology=ring"});
  const std::vector<std::int64_t> some = {2, 0};
  const auto expected = mixed(trained, edges_of(trained, 2), some);
  const auto turn = start_training(trained, some, 2, edges_of(trained, 2));
  CHECK(at::equal(turn.received(""), expected));
  CHECK(at::equal(turn.full_rows().narrow(1, 0, expected.size(1)), expected));
  const auto resting = start_turn(trained, some, 2);  // as a predictor asks: what each has
  CHECK(at::equal(resting.received(""), resting.full_rows().narrow(1, 0, expected.size(1))));
  CHECK_FALSE(at::equal(resting.received(""), trained.server.shared.expand_as(expected)));
  const auto rows = bodies(trained);  // client 2 of a ring of four hears 1 and 3
  CHECK(gap(expected[0], (rows[1] + rows[2] + rows[3]) / 3) < kExact);
  CHECK(gap(expected[1], (rows[3] + rows[0] + rows[1]) / 3) < kExact);
}
