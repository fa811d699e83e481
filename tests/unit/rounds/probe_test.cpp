// What a turn costs, counted from a turn on blank samples.
#include "core/rounds/probe.hpp"

#include <catch2/catch_test_macros.hpp>

#include <nlohmann/json.hpp>

#include "tests/unit/rounds/nano.hpp"

using namespace graft::core;

namespace {

Costs measured(const std::string& strategy, const std::vector<std::string>& overrides = {}) {
  return measured_costs(nano::federation(strategy, overrides));
}

// Of ViT-nano: 4 patches of 48 numbers and a class token, width 16, 4 classes.
struct Products {
  std::int64_t patches = 4 * 48 * 16, qkv = 5 * 16 * 48, attention = 2 * 5 * 5 * 16, proj = 5 * 16 * 16, mlp = 2 * 5 * 16 * 64,
               proj_last = 16 * 16, mlp_last = 2 * 16 * 64,
               head = 16 * 4;  // behind the last attention only the class token goes on
};

}  // namespace

TEST_CASE("training counts a forward pass, and a backward pass of what it needs") {
  const Products p;
  const auto linear = 2 * p.qkv + p.proj + p.mlp + p.proj_last + p.mlp_last + p.head;
  const auto attention_last = 2 * 1 * 5 * 16;
  const auto attention = p.attention + attention_last;
  // A linear layer costs as much again for its weights and its input, but that nobody asks for the images' gradient; attention
  // makes its weights anew, and then four products.
  const auto expected = 3 * linear + 2 * p.patches + attention + attention * 5 / 2;
  CHECK(measured("fedavg").training_macs == expected);
}

TEST_CASE("what training costs follows the steps and epochs that a plan takes") {
  const auto once = measured("fedavg").training_macs.value();
  CHECK(measured("fedavg", {"training.epochs=7"}).training_macs == 7 * once);
  CHECK(measured("apfl").training_macs == 2 * once);
  CHECK(measured("ditto").training_macs == 2 * once);
  CHECK(measured("perfedavg").training_macs == once);  // two gradients of a batch each, for two batches
  CHECK(measured("perfedavg", {"strategy.variant=hf"}).training_macs == 4 * once / 3);
  const auto alternating = measured("fedalt").training_macs.value();
  CHECK(alternating > once);
  CHECK(alternating < 2 * once);
}

TEST_CASE("stored features are made once") {
  const auto epochs = [](int count) {
    return measured("fedrep", {"strategy.body_epochs=0", "strategy.head_epochs=" + std::to_string(count)}).training_macs.value();
  };
  const Products p;
  CHECK(epochs(5) - epochs(4) == 2 * p.head);  // the head's forward pass, and its weights' gradient
  CHECK(epochs(4) - epochs(3) == 2 * p.head);
  CHECK(epochs(2) > 4 * p.head);
}

TEST_CASE("uploads are counted as the strategy makes them") {
  const auto plain = measured("fedavg");
  CHECK(plain.upload == plain.shared);
  const auto scaffold = measured("scaffold");
  CHECK(scaffold.upload == 2 * scaffold.shared);
  CHECK(scaffold.download == 2 * scaffold.shared);
  CHECK(scaffold.stored == 2 * scaffold.total);
  const auto apm = measured("fedapm");
  CHECK(apm.upload == apm.shared);
  CHECK(apm.download == apm.shared);
  CHECK(apm.stored == apm.total + 2 * apm.shared);
  CHECK(measured("local").upload == 0);
}

TEST_CASE("without a server neighbours send each other their shared parts") {
  const auto neighbours = [](const std::string& topology, int clients) {
    const auto costs =
        measured("dfedalt", {"data.min_samples=0", "strategy.topology=" + topology, "data.clients=" + std::to_string(clients)});
    CHECK(costs.upload == costs.download);
    return costs.upload / costs.shared;
  };
  CHECK(neighbours("ring", 6) == 2);
  CHECK(neighbours("grid", 9) == 4);
  CHECK(neighbours("exponential", 6) == 3);
  CHECK(neighbours("full", 6) == 5);
  CHECK(neighbours("random", 6) == 1);
}

TEST_CASE("what a run counted is what was measured before it", "[cost]") {
  for (const auto* strategy : {"fedavg", "scaffold", "fedapm", "dfedalt", "robust", "ditto"}) {
    const Folder folder;
    auto federation = nano::federation(strategy, {"strategy.use=" + std::string(strategy)});
    const auto costs = measured_costs(federation);
    const auto cost = nlohmann::json::parse(run(federation, {folder.path, false, nullptr, {}})).at("cost");
    INFO(strategy);
    CHECK(cost.at("upload_bytes_per_client_round") == costs.upload * 8);
    CHECK(cost.at("download_bytes_per_client_round") == costs.download * 8);
    CHECK(cost.at("training_macs_per_sample_round") == costs.training_macs.value());
  }
}
