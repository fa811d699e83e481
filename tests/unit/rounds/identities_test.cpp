// The exact identities of specs.md, sections 1 and 2, for the strategies that are here: in double, on ViT-nano.
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <nlohmann/json.hpp>
#include <numeric>

#include "core/rounds/merge.hpp"
#include "core/rounds/steps.hpp"
#include "tests/unit/rounds/nano.hpp"

using namespace graft::core;
using nano::difference;
using nano::ran;
using nano::tensor;

namespace {

constexpr double kExact = 1e-12;
using Set = std::vector<std::string>;

Set operator+(Set a, const Set& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

const Set kThreeRounds = {"rounds=3"};
const Set kHeavy = {"training.optimizer.momentum=0.9", "training.optimizer.weight_decay=0.01"};

at::Tensor loss_of(const Federation& federation, const std::vector<at::Tensor>& parameters,
                   const std::vector<std::int64_t>& samples) {
  const auto index = at::tensor(samples, at::kLong);
  const auto inputs = images(federation.data, index, federation.images).unsqueeze(0);
  const auto logits = federation.model.vit.forward(parameters, inputs, nullptr);
  return at::cross_entropy_loss(logits.flatten(0, 1), federation.data.labels.index_select(0, index));
}

// Every tensor of client 0's model, [1, …].
std::vector<at::Tensor> parameters_of(const Federation& federation) {
  std::vector<at::Tensor> parameters;
  for (const auto& entry : federation.model.catalog.entries) {
    auto sizes = entry.spec.shape;
    sizes.insert(sizes.begin(), 1);
    parameters.push_back(tensor(federation, entry.spec.name).view(sizes).clone());
  }
  return parameters;
}

// Plain SGD on one list of samples, with the model's own forward pass and LibTorch's autograd.
std::vector<at::Tensor> plain_sgd(const Federation& start, const std::vector<std::vector<std::int64_t>>& batches, double lr) {
  const at::AutoGradMode on(true);
  auto parameters = parameters_of(start);
  for (const auto& parameter : parameters) parameter.requires_grad_(true);
  for (const auto& batch : batches) {
    const auto gradients = torch::autograd::grad({loss_of(start, parameters, batch)}, parameters);
    const at::NoGradGuard no_grad;
    for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i].sub_(gradients[i], lr);
  }
  return parameters;
}

double difference_to(const std::vector<at::Tensor>& parameters, const Federation& federation) {
  double largest = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto found = tensor(federation, federation.model.catalog.entries[i].spec.name);
    largest = std::max(largest, (parameters[i].detach().flatten() - found).abs().max().item<double>());
  }
  return largest;
}

}  // namespace

TEST_CASE("fedavg with one client is centralized SGD", "[identity]") {
  const Set one = {"data.clients=1", "data.min_samples=0", "data.shuffle=false", "training.epochs=2"};
  const auto start = nano::federation("fedavg", one);
  std::vector<std::vector<std::int64_t>> batches;
  for (int epoch = 0; epoch < 2; ++epoch) {
    const auto& samples = start.split[0].train;
    for (std::size_t at = 0; at < samples.size(); at += 8) {
      batches.emplace_back(samples.begin() + at, samples.begin() + std::min(samples.size(), at + 8));
    }
  }
  CHECK(difference_to(plain_sgd(start, batches, 0.1), ran("fedavg", one)) < kExact);
}

TEST_CASE("fedavg with identical clients is one client", "[identity]") {
  const Set in_order = {"data.shuffle=false", "data.min_samples=0"};
  auto four = nano::federation("fedavg", in_order + kThreeRounds);
  for (auto& client : four.split) client = four.split[0];
  auto one = nano::federation("fedavg", in_order + kThreeRounds);
  one.split = {one.split[0]};
  const Folder a, b;
  run(four, {a.path, false, nullptr, {}});
  run(one, {b.path, false, nullptr, {}});
  CHECK((four.server.shared - one.server.shared).abs().max().item<double>() < kExact);
}

TEST_CASE("fedavg with one full batch is a gradient step on the weighted sum of losses", "[identity]") {
  const Set full = {"training.batch=1000", "data.shuffle=false"};
  const auto start = nano::federation("fedavg", full);
  std::vector<std::int64_t> all;
  for (const auto& client : start.split) all.insert(all.end(), client.train.begin(), client.train.end());
  CHECK(difference_to(plain_sgd(start, {all}, 0.1), ran("fedavg", full)) < kExact);
}

TEST_CASE("the mean of equal uploads is the upload", "[identity]") {
  const auto federation = nano::federation("fedavg");
  const auto weights = mean_weights(federation, {0, 1, 2, 3});
  CHECK(std::abs(std::accumulate(weights.begin(), weights.end(), 0.0) - 1) < kExact);
  Uploads mean;
  const auto row = at::randn({1, 50}, at::kDouble);
  for (const auto weight : weights) mean.add(row, {weight});
  CHECK((mean.mean(at::kDouble) - row[0]).abs().max().item<double>() < kExact);
}

TEST_CASE("local sends nothing, and a client never sampled keeps its initial weights", "[identity]") {
  const Set sampled = {"rounds=2", "training.cohort=1"};
  const auto start = nano::federation("local", sampled);
  const Folder folder;
  auto end = nano::federation("local", sampled);
  const auto summary = run(end, {folder.path, false, nullptr, {}});
  CHECK(nlohmann::json::parse(summary).at("cost").at("total_bytes") == 0);
  std::int64_t untouched = 0, moved = 0;
  for (std::int64_t client = 0; client < 4; ++client) {
    (at::equal(start.store.row("", client), end.store.row("", client)) ? untouched : moved) += 1;
  }
  CHECK(untouched >= 2);
  CHECK(moved >= 1);
}

TEST_CASE("local is one federation a client", "[identity]") {
  const auto local = ran("local", kThreeRounds + kHeavy);
  for (std::int64_t client = 0; client < 4; ++client) {
    auto alone = nano::federation("fedavg", kThreeRounds + kHeavy);
    for (std::int64_t other = 0; other < 4; ++other) {
      if (other != client) alone.split[other].train.clear();  // they stay out of the mean
    }
    const Folder folder;
    run(alone, {folder.path, false, nullptr, {}});
    CHECK((alone.server.shared[0] - local.store.row("", client)).abs().max().item<double>() < kExact);
  }
}

TEST_CASE("apfl's common model is fedavg's, whatever alpha", "[identity]") {
  const auto alpha = GENERATE("strategy.alpha=0.0", "strategy.alpha=0.25", "strategy.alpha=1.0");
  const auto apfl = ran("apfl", kThreeRounds + kHeavy + Set{alpha}), fedavg = ran("fedavg", kThreeRounds + kHeavy);
  CHECK((apfl.server.shared - fedavg.server.shared).abs().max().item<double>() < kExact);
}

TEST_CASE("apfl with alpha fixed at 1 is local", "[identity]") {
  const auto apfl = ran("apfl", kThreeRounds + Set{"strategy.alpha=1.0", "strategy.adaptive=false"});
  const auto local = ran("local", kThreeRounds);
  for (std::int64_t client = 0; client < 4; ++client) {
    CHECK((apfl.store.row("twin", client) - local.store.row("", client)).abs().max().item<double>() < kExact);
  }
}

TEST_CASE("apfl with alpha fixed at 0 scores as fedavg does", "[identity]") {
  const auto apfl = nano::federation("apfl", {"strategy.alpha=0.0", "strategy.adaptive=false"});
  const auto fedavg = nano::federation("fedavg");
  const auto a = score_clients(apfl, {0, 1, 2, 3}, 0, nullptr), b = score_clients(fedavg, {0, 1, 2, 3}, 0, nullptr);
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(std::abs(a[i].loss - b[i].loss) < kExact);
}

TEST_CASE("apfl's alpha descends along the slope of the mixture's loss", "[identity]") {
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

TEST_CASE("perfedavg with alpha 0 is fedavg on the second halves", "[identity]") {
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

TEST_CASE("scoring changes nothing that is stored", "[identity]") {
  const auto strategy = GENERATE("perfedavg", "fedbabu", "apfl", "fedperfix");
  auto federation = nano::federation(strategy);
  const auto shared = federation.server.shared.clone(), held = federation.held.clone();
  const auto own = federation.store.row("", 0).clone();
  score_clients(federation, {0, 1, 2, 3}, 0, nullptr);
  CHECK(at::equal(shared, federation.server.shared));
  CHECK(at::equal(held, federation.held));
  CHECK(at::equal(own, federation.store.row("", 0)));
}

TEST_CASE("perfedavg's and fedbabu's tuning lowers a client's loss on what it has seen", "[identity]") {
  const auto strategy = GENERATE("perfedavg", "fedbabu");
  auto tuned = nano::federation(strategy, {"training.batch=64"}), plain = nano::federation("fedavg");
  for (auto& client : tuned.split) client.test = client.train;
  plain.split = tuned.split;
  const auto a = score_clients(tuned, {0, 1, 2, 3}, 0, nullptr), b = score_clients(plain, {0, 1, 2, 3}, 0, nullptr);
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i].loss < b[i].loss);
}

TEST_CASE("fedbabu never changes the head, not even by decay and momentum", "[identity]") {
  const auto start = nano::federation("fedbabu"), end = ran("fedbabu", kThreeRounds + kHeavy);
  CHECK(at::equal(tensor(start, "head.weight"), tensor(end, "head.weight")));
  CHECK(at::equal(tensor(start, "head.bias"), tensor(end, "head.bias")));
  CHECK_FALSE(at::equal(tensor(start, "norm.weight"), tensor(end, "norm.weight")));
}

TEST_CASE("fedbabu without tuning is fedavg with a frozen head", "[identity]") {
  const auto babu = ran("fedbabu", kThreeRounds + kHeavy + Set{"strategy.tune_steps=0"});
  const auto frozen = ran("fedavg", kThreeRounds + kHeavy + Set{"backbone.freeze=[\"head\"]"});
  CHECK(difference(babu, frozen) < kExact);
  const auto a = score_clients(babu, {0, 1, 2, 3}, 3, nullptr), b = score_clients(frozen, {0, 1, 2, 3}, 3, nullptr);
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(std::abs(a[i].loss - b[i].loss) < kExact);
}

TEST_CASE("fedbabu tunes what its scope names, and nothing else", "[identity]") {
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

TEST_CASE("fedrep jointly is fedperfix without effect of the prefix", "[identity]") {
  const auto joint = ran("fedrep", kThreeRounds + kHeavy + Set{"strategy.schedule=joint"});
  const auto perfix = ran("fedperfix", kThreeRounds + kHeavy + Set{"modules=[{use=\"prefix\", bottleneck=8, scale=0.0}]"});
  CHECK(difference(joint, perfix) < kExact);
}

TEST_CASE("fedrep without body epochs never changes the shared body", "[identity]") {
  const auto start = nano::federation("fedrep"), end = ran("fedrep", kThreeRounds + kHeavy + Set{"strategy.body_epochs=0"});
  CHECK(end.model.catalog.shared == 0);  // what no phase trains never travels
  CHECK(at::equal(tensor(start, "blocks.0.attn.qkv.weight"), tensor(end, "blocks.0.attn.qkv.weight")));
  CHECK_FALSE(at::equal(tensor(start, "head.weight"), tensor(end, "head.weight")));
}

TEST_CASE("fedrep without head epochs trains as fedbabu does", "[identity]") {
  const auto rep = ran("fedrep", kThreeRounds + kHeavy + Set{"strategy.head_epochs=0"}),
             babu = ran("fedbabu", kThreeRounds + kHeavy);
  CHECK(difference(rep, babu) < kExact);
}

TEST_CASE("fedrep: more epochs on the head alone lower the training loss", "[identity]") {
  double before = 1e9;
  for (const auto* epochs : {"strategy.head_epochs=1", "strategy.head_epochs=4", "strategy.head_epochs=16"}) {
    auto end = ran("fedrep", {"strategy.body_epochs=0", "training.batch=1000", "training.optimizer.lr=0.05", epochs});
    for (auto& client : end.split) client.test = client.train;
    const auto loss = spread_of(score_clients(end, {0, 1, 2, 3}, 1, nullptr)).loss;
    CHECK(loss < before);
    before = loss;
  }
}

TEST_CASE("fedrep's closing epochs train every client's head, and nothing else", "[identity]") {
  const Set sampled = {"rounds=2", "training.cohort=1"};
  const auto without = ran("fedrep", sampled), with = ran("fedrep", sampled + Set{"strategy.final_head_epochs=2"});
  CHECK(at::equal(without.server.shared, with.server.shared));
  for (std::int64_t client = 0; client < 4; ++client) {
    CHECK_FALSE(at::equal(without.store.row("", client), with.store.row("", client)));
  }
}

TEST_CASE("fedperfix with an up-projection of zero is the plain model", "[identity]") {
  const auto perfix = nano::federation("fedperfix");
  const auto plain = nano::federation("fedavg");
  Bound with, without;
  for (const auto& entry : perfix.model.catalog.entries) {
    auto sizes = entry.spec.shape;
    sizes.insert(sizes.begin(), 1);
    auto values = tensor(perfix, entry.spec.name).view(sizes).clone();
    if (entry.spec.name.find("prefix.up") != std::string::npos) values.zero_();
    with.push_back(values);
    if (entry.spec.role != "module") without.push_back(values);
  }
  const auto some = images(plain.data, at::arange(16, at::kLong), plain.images).unsqueeze(0);
  const auto a = perfix.model.vit.forward(with, some, perfix.model.injections());
  const auto b = plain.model.vit.forward(without, some, nullptr);
  CHECK((a - b).abs().max().item<double>() < kExact);
}

TEST_CASE("fedperfix sends neither head nor prefix", "[identity]") {
  const auto federation = nano::federation("fedperfix");
  for (const auto& entry : federation.model.catalog.entries) {
    const bool own = entry.spec.role == "head" || entry.spec.role == "module";
    CHECK((entry.where == Where::personal) == own);
  }
}

TEST_CASE("prefix: gradients agree with finite differences", "[identity]") {
  const at::AutoGradMode on(true);
  const auto federation = nano::federation("fedperfix", {"modules=[{use=\"prefix\", bottleneck=4}]"});
  const auto index = at::arange(8, at::kLong);
  const auto some = images(federation.data, index, federation.images).unsqueeze(0);
  const auto labels = federation.data.labels.index_select(0, index);
  Bound bound;
  std::vector<std::size_t> prefixes;
  for (std::size_t i = 0; i < federation.model.catalog.entries.size(); ++i) {
    const auto& spec = federation.model.catalog.entries[i].spec;
    auto sizes = spec.shape;
    sizes.insert(sizes.begin(), 1);
    bound.push_back(tensor(federation, spec.name).view(sizes).clone().requires_grad_(spec.role == "module"));
    if (spec.role == "module") prefixes.push_back(i);
  }
  const auto loss = [&] {
    return at::cross_entropy_loss(federation.model.vit.forward(bound, some, federation.model.injections()).flatten(0, 1), labels);
  };
  for (const auto i : prefixes) {
    const auto gradient = torch::autograd::grad({loss()}, {bound[i]})[0];
    const at::NoGradGuard no_grad;
    const auto direction = at::randn_like(bound[i]);
    const double step = 1e-5;
    bound[i].add_(direction, step);
    const double above = loss().item<double>();
    bound[i].sub_(direction, 2 * step);
    const double below = loss().item<double>();
    bound[i].add_(direction, step);
    const double expected = (gradient * direction).sum().item<double>();
    CHECK(std::abs((above - below) / (2 * step) - expected) < 1e-7 * std::max(1.0, std::abs(expected)));
  }
}
