// What `graft inspect` and `graft plugins` say, without any data.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/program/program.hpp"

namespace graft::tests {

namespace {

double mi(const nlohmann::json& cost) { return cost.at("scalars").get<double>() / (1 << 20); }

nlohmann::json inspected(const Folder& folder, const Words& sets) {
  Words words{"inspect", folder.manifest(),  "--json", "--set", "backbone={preset=\"vit_small_patch16_224\"}",
              "--set",   "data.classes=1000"};
  for (const auto& one : sets) words.insert(words.end(), {"--set", one});
  const auto outcome = folder.graft(words);
  INFO(outcome.err);
  REQUIRE(outcome.status == 0);
  return nlohmann::json::parse(outcome.out);
}

void check_costs(const nlohmann::json& model, double stored, double sent) {
  CHECK(std::abs(mi(model.at("costs").at("stored_per_client")) - stored) < 0.005);
  CHECK(std::abs(mi(model.at("costs").at("upload_per_client_round")) - sent) < 0.005);
}

}  // namespace

TEST_CASE("the published table of storage and communication can be read off, in Mi") {
  const Folder folder;
  check_costs(inspected(folder, {"strategy.use=fedavg"}), 21.03, 21.03);
  check_costs(inspected(folder, {"strategy.use=apfl"}), 42.06, 21.03);
  check_costs(inspected(folder, {"strategy.use=fedrep"}), 21.03, 20.66);
  check_costs(inspected(folder, {"strategy.use=fedperfix"}), 24.42, 20.66);
}

TEST_CASE("inspect: without a server, of clients by domain: their number is the manifest's, and no data are looked at") {
  const Folder folder;
  const auto model =
      inspected(folder, {"data={source=\"images\", path=\"nowhere\", clients=6, classes=1000, split={by=\"domain\"}}",
                         "strategy={use=\"dfedalt\", topology=\"ring\"}"});
  CHECK(model.at("costs").at("upload_per_client_round").at("scalars") == 2 * 21665664);
  CHECK(model.at("costs").at("training_macs_per_sample_round") > 1e9);
}

TEST_CASE("inspect says the resolved manifest and every part of the model, and reads no data") {
  const Folder folder;
  const auto manifest = folder.manifest("fedperfix");
  const auto outcome = folder.graft({"inspect", manifest, "--set", "data.source=cifar100", "--set", "data.path=nowhere"});
  INFO(outcome.err);
  REQUIRE(outcome.status == 0);
  for (const auto* part : {"source = \"cifar100\"", "\nplugins\n", "\ntensors by role\n", "\npartition\n", "never travels",
                           "\ncosts of a client\n", "multiply-accumulates a sample", "bottleneck = 256"}) {
    INFO(part);
    CHECK(outcome.out.find(part) != std::string::npos);
  }
  CHECK(folder.names() == std::vector<std::string>{"small.toml"});
}

TEST_CASE("inspect needs neither the device of a manifest nor its weights") {
  const Folder folder;
  for (const auto* key : {"device=cuda:7", "backbone.weights=nowhere.safetensors"}) {
    const auto outcome = folder.graft({"inspect", folder.manifest(), "--set", key});
    INFO(outcome.err);
    CHECK(outcome.status == 0);
  }
}

TEST_CASE("plugins are listed folder by folder, refused ones with the reason") {
  const Folder folder;
  folder.write("mine/broken.so", "no library");
  setenv("GRAFT_PLUGIN_PATH", (folder / "mine").c_str(), 1);
  const auto outcome = folder.graft({"plugins"});
  unsetenv("GRAFT_PLUGIN_PATH");
  CHECK(outcome.status == 0);
  CHECK(outcome.out.starts_with((folder / "mine").string() + "\n  broken"));  // searched first, and so listed first
  CHECK(outcome.out.find("refused  " + (folder / "mine/broken.so").string().substr(0, 20)) != std::string::npos);
  CHECK(outcome.out.find("  fedavg ") != std::string::npos);
  CHECK(outcome.out.find("  module ") != std::string::npos);
}

}  // namespace graft::tests
