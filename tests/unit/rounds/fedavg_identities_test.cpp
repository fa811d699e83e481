// The exact identities of specs.md, 2.1 and 2.2: FedAvg and Local.
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <catch2/catch_test_macros.hpp>

#include <nlohmann/json.hpp>
#include <numeric>

#include "tests/unit/rounds/identities.hpp"

using namespace graft::core;
using namespace graft::core::nano;

namespace {

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

TEST_CASE("fedavg, 2.1 a: with one client it is centralized SGD", "[identity]") {
  const Set one = {"data.clients=1", "data.min_samples=0", "data.shuffle=false", "training.epochs=2"};
  const auto start = federation("fedavg", one);
  std::vector<std::vector<std::int64_t>> batches;
  for (int epoch = 0; epoch < 2; ++epoch) {
    const auto& samples = start.split[0].train;
    for (std::size_t at = 0; at < samples.size(); at += 8) {
      batches.emplace_back(samples.begin() + at, samples.begin() + std::min(samples.size(), at + 8));
    }
  }
  CHECK(difference_to(plain_sgd(start, batches, 0.1), ran("fedavg", one)) < kExact);
}

TEST_CASE("fedavg, 2.1 b: identical clients are one client", "[identity]") {
  const Set in_order = {"data.shuffle=false", "data.min_samples=0"};
  auto four = federation("fedavg", in_order + kThreeRounds);
  for (auto& client : four.split) client = four.split[0];
  auto one = federation("fedavg", in_order + kThreeRounds);
  one.split = {one.split[0]};
  const Folder a, b;
  run(four, {a.path, false, nullptr, {}});
  run(one, {b.path, false, nullptr, {}});
  CHECK((four.server.shared - one.server.shared).abs().max().item<double>() < kExact);
}

TEST_CASE("fedavg, 2.1 c: one full batch is a gradient step on the weighted sum of losses", "[identity]") {
  const Set full = {"training.batch=1000", "data.shuffle=false"};
  const auto start = federation("fedavg", full);
  std::vector<std::int64_t> all;
  for (const auto& client : start.split) all.insert(all.end(), client.train.begin(), client.train.end());
  CHECK(difference_to(plain_sgd(start, {all}, 0.1), ran("fedavg", full)) < kExact);
}

TEST_CASE("fedavg, 2.1 d: the mean of equal uploads is the upload", "[identity]") {
  const auto federation = nano::federation("fedavg");
  const auto weights = mean_weights(federation, {0, 1, 2, 3});
  CHECK(std::abs(std::accumulate(weights.begin(), weights.end(), 0.0) - 1) < kExact);
  Uploads mean;
  const auto row = at::randn({1, 50}, at::kDouble);
  for (const auto weight : weights) mean.add(row, {weight});
  CHECK((mean.mean(at::kDouble) - row[0]).abs().max().item<double>() < kExact);
}

TEST_CASE("local, 2.2: it sends nothing, and a client never sampled keeps its initial weights", "[identity]") {
  const Set sampled = {"rounds=2", "training.cohort=1"};
  const auto start = federation("local", sampled);
  const Folder folder;
  auto end = federation("local", sampled);
  const auto summary = run(end, {folder.path, false, nullptr, {}});
  CHECK(nlohmann::json::parse(summary).at("cost").at("total_bytes") == 0);
  std::int64_t untouched = 0, moved = 0;
  for (std::int64_t client = 0; client < 4; ++client) {
    (at::equal(start.store.row("", client), end.store.row("", client)) ? untouched : moved) += 1;
  }
  CHECK(untouched >= 2);
  CHECK(moved >= 1);
}

TEST_CASE("local, 2.2: it is one federation a client", "[identity]") {
  const auto local = ran("local", kThreeRounds + kHeavy);
  for (std::int64_t client = 0; client < 4; ++client) {
    const auto one = alone("fedavg", kThreeRounds + kHeavy, client);  // the others stay out of the mean
    CHECK(gap(one.server.shared[0], local.store.row("", client)) < kExact);
  }
}

TEST_CASE("local, 2.2: it is fedavg with everything personal, to the bit", "[identity]") {
  const Set everything = {"strategy.personal=\"*\""};
  for (const auto* cohort : {"training.cohort=4", "training.cohort=2"}) {
    const Set settings = kThreeRounds + kHeavy + Set{cohort};
    CHECK(same_bits(ran("local", settings), ran("fedsim", settings + everything)));
  }
}
