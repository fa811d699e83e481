// The exact identities of specs.md, 2.6 and 2.7, FedBABU and FedRep; and what tuning before scoring leaves alone.
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/unit/rounds/identities.hpp"

using namespace graft::core;
using namespace graft::core::nano;

TEST_CASE("fedbabu, 2.6 a: it never changes the head, not even by decay and momentum", "[identity]") {
  const auto start = federation("fedbabu"), end = ran("fedbabu", kThreeRounds + kHeavy);
  CHECK(at::equal(tensor(start, "head.weight"), tensor(end, "head.weight")));
  CHECK(at::equal(tensor(start, "head.bias"), tensor(end, "head.bias")));
  CHECK_FALSE(at::equal(tensor(start, "norm.weight"), tensor(end, "norm.weight")));
}

TEST_CASE("fedbabu, 2.6 b: without tuning it is fedavg with a frozen head", "[identity]") {
  const auto babu = ran("fedbabu", kThreeRounds + kHeavy + Set{"strategy.tune_steps=0"});
  const auto frozen = ran("fedavg", kThreeRounds + kHeavy + Set{"backbone.freeze=[\"head\"]"});
  CHECK(difference(babu, frozen) < kExact);
  const auto a = score_clients(babu, {0, 1, 2, 3}, 3, nullptr), b = score_clients(frozen, {0, 1, 2, 3}, 3, nullptr);
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(std::abs(a[i].loss - b[i].loss) < kExact);
}

TEST_CASE("perfedavg, 2.4 d, fedbabu, 2.6 c: scoring changes nothing that is stored", "[identity]") {
  const auto strategy = GENERATE("perfedavg", "fedbabu", "apfl", "fedperfix");
  auto federation = nano::federation(strategy);
  const auto shared = federation.server.shared.clone(), held = federation.held.clone();
  const auto own = federation.store.row("", 0).clone();
  score_clients(federation, {0, 1, 2, 3}, 0, nullptr);
  CHECK(at::equal(shared, federation.server.shared));
  CHECK(at::equal(held, federation.held));
  CHECK(at::equal(own, federation.store.row("", 0)));
}

TEST_CASE("fedbabu, 2.6 d: it tunes what its scope names, and nothing else", "[identity]") {
  const std::string scope = GENERATE("head", "body", "full");
  const auto federation = nano::federation("fedbabu", {"training.batch=1000", "strategy.tune_scope=" + scope});
  auto parameters = parameters_of(federation);
  std::vector<at::Tensor> tuned;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const bool head = federation.model.catalog.entries[i].spec.role == "head";
    if (scope == "full" || head == (scope == "head")) tuned.push_back(parameters[i].requires_grad_(true));
  }
  {
    const at::AutoGradMode on(true);
    const auto gradients = torch::autograd::grad({loss_of(federation, parameters, federation.split[0].train)}, tuned);
    const at::NoGradGuard no_grad;
    for (std::size_t i = 0; i < tuned.size(); ++i) tuned[i].sub_(gradients[i], 0.1);
  }
  const double loss = loss_of(federation, parameters, federation.split[0].test).item<double>();
  CHECK(std::abs(score_clients(federation, {0}, 0, nullptr)[0].loss - loss) < kExact);
}

TEST_CASE("perfedavg's and fedbabu's tuning lowers a client's loss on what it has seen", "[identity]") {
  const auto strategy = GENERATE("perfedavg", "fedbabu");
  auto tuned = federation(strategy, {"training.batch=64"}), plain = nano::federation("fedavg");
  for (auto& client : tuned.split) client.test = client.train;
  plain.split = tuned.split;
  const auto a = score_clients(tuned, {0, 1, 2, 3}, 0, nullptr), b = score_clients(plain, {0, 1, 2, 3}, 0, nullptr);
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i].loss < b[i].loss);
}

TEST_CASE("fedrep, 2.7 a: jointly it is fedperfix without effect of the prefix", "[identity]") {
  const auto joint = ran("fedrep", kThreeRounds + kHeavy + Set{"strategy.schedule=joint"});
  const auto perfix = ran("fedperfix", kThreeRounds + kHeavy + Set{"modules=[{use=\"prefix\", bottleneck=8, scale=0.0}]"});
  CHECK(difference(joint, perfix) < kExact);
}

TEST_CASE("fedrep, 2.7 b and d: without body epochs the shared body never changes", "[identity]") {
  const auto start = federation("fedrep"), end = ran("fedrep", kThreeRounds + kHeavy + Set{"strategy.body_epochs=0"});
  CHECK(end.model.catalog.shared == 0);  // what no phase trains never travels
  CHECK(at::equal(tensor(start, "blocks.0.attn.qkv.weight"), tensor(end, "blocks.0.attn.qkv.weight")));
  CHECK_FALSE(at::equal(tensor(start, "head.weight"), tensor(end, "head.weight")));
}

TEST_CASE("fedrep, 2.7 c: without head epochs it trains as fedbabu does", "[identity]") {
  const auto rep = ran("fedrep", kThreeRounds + kHeavy + Set{"strategy.head_epochs=0"}),
             babu = ran("fedbabu", kThreeRounds + kHeavy);
  CHECK(difference(rep, babu) < kExact);
}

TEST_CASE("fedrep, 2.7 e: more epochs on the head alone lower the training loss", "[identity]") {
  double before = 1e9;
  for (const auto* epochs : {"strategy.head_epochs=1", "strategy.head_epochs=4", "strategy.head_epochs=16"}) {
    auto end = ran("fedrep", {"strategy.body_epochs=0", "training.batch=1000", "training.optimizer.lr=0.05", epochs});
    for (auto& client : end.split) client.test = client.train;
    const auto loss = spread_of(score_clients(end, {0, 1, 2, 3}, 1, nullptr)).loss;
    CHECK(loss < before);
    before = loss;
  }
}

TEST_CASE("fedrep, 2.7: closing epochs train every client's head, and nothing else", "[identity]") {
  const Set sampled = {"rounds=2", "training.cohort=1"};
  const auto without = ran("fedrep", sampled), with = ran("fedrep", sampled + Set{"strategy.final_head_epochs=2"});
  CHECK(at::equal(without.server.shared, with.server.shared));
  for (std::int64_t client = 0; client < 4; ++client) {
    CHECK_FALSE(at::equal(without.store.row("", client), with.store.row("", client)));
  }
}

TEST_CASE("fedrep, 2.7 d: nothing of the head's phase is left in the body's, neither gradient nor momentum", "[identity]") {
  const Set in_order = kHeavy + Set{"data.clients=1", "data.min_samples=0", "data.shuffle=false", "strategy.head_epochs=3"};
  const auto whole = ran("fedrep", in_order + Set{"strategy.body_epochs=2"});
  const auto first = ran("fedrep", in_order + Set{"strategy.body_epochs=0"});
  auto second = federation("fedavg", kHeavy + Set{"data.clients=1", "data.min_samples=0", "data.shuffle=false", "training.epochs=2",
                                                  "backbone.freeze=[\"head\"]"});
  for (const auto* name : {"head.weight", "head.bias"}) tensor(second, name).copy_(tensor(first, name));
  merge(second, turns_of(second, {0}));
  CHECK(difference(whole, second) < kExact);
}
