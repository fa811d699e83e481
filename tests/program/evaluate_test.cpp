// What `graft evaluate` scores, and what it refuses.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/program/program.hpp"

namespace graft::tests {

namespace {

nlohmann::json scored(const Folder& folder, Words more) {
  Words words{"evaluate", "run", "--json"};
  words.insert(words.end(), more.begin(), more.end());
  const auto outcome = folder.graft(words);
  INFO(outcome.err);
  REQUIRE(outcome.status == 0);
  return nlohmann::json::parse(outcome.out);
}

// CIFAR-10 records of noise, whose split is given: no draw but the model's depends on a seed.
void write_fixed_data(const Folder& folder) {
  std::string bytes;
  std::uint32_t state = 1;
  for (int record = 0; record < 24; ++record) {
    bytes += char(record % 10);
    for (int i = 0; i < 3072; ++i) bytes += char((state = state * 1664525 + 1013904223) >> 24);
  }
  folder.write("data.bin", bytes);
  folder.write("split.json", R"({"clients": [{"train": [0, 1, 2, 3, 4, 5, 6, 7], "test": [8, 9, 10, 11]},
                                              {"train": [12, 13, 14, 15, 16, 17, 18, 19], "test": [20, 21, 22, 23]}]})");
  folder.write("fixed.toml", R"(rounds = 2
[data]
source = "cifar10"
path = "data.bin"
split = { by = "file", path = "split.json" }
[backbone]
width = 32
depth = 2
heads = 2
patch_size = 8
freeze = ["patch_embed"]
[strategy]
use = "fedperfix"
[training]
batch = 4
)");
}

}  // namespace

TEST_CASE("evaluating a run on its own data gives its own scores") {
  const Folder folder;
  REQUIRE(folder.graft({"run", folder.manifest("fedperfix"), "--out", "run"}).status == 0);
  const auto summary = nlohmann::json::parse(folder.read("run/summary.json")), again = scored(folder, {"--csv", "again.csv"});
  CHECK(again.at("clients") == summary.at("clients"));
  CHECK(again.at("accuracy") == summary.at("accuracy"));
  CHECK(folder.read("again.csv") == folder.read("run/clients.csv"));
}

TEST_CASE("another seed draws other data, not another model") {
  const Folder folder;
  write_fixed_data(folder);
  REQUIRE(folder.graft({"run", "fixed.toml", "--out", "run"}).status == 0);
  CHECK(scored(folder, {"--set", "seed=9"}).at("clients") == scored(folder, {}).at("clients"));
}

TEST_CASE("new clients train first, and leave the run as it is") {
  const Folder folder;
  REQUIRE(folder.graft({"run", folder.manifest("fedperfix"), "--out", "run"}).status == 0);
  const auto state = folder.read("run/checkpoint/state.json");
  const Words others{"--set", "data.clients=6", "--set", "seed=4", "--new-clients", "--turns"};
  const auto with = [&](const std::string& turns) {
    auto words = others;
    words.push_back(turns);
    return scored(folder, words);
  };
  const auto none = with("0"), two = with("2");
  CHECK(none.at("clients").size() == 6);
  CHECK(two.at("loss") < none.at("loss"));
  CHECK(folder.read("run/checkpoint/state.json") == state);
  const auto shown = folder.graft({"evaluate", "run", "--new-clients"});
  CHECK(shown.out.find("on new clients after 1 turn of") != std::string::npos);
}

TEST_CASE("what cannot be evaluated is refused in a line") {
  const Folder folder;
  REQUIRE(folder.graft({"run", folder.manifest(), "--out", "run", "--set", "rounds=1"}).status == 0);
  const auto refused = [&](Words words, int status, const std::string& line) {
    words.insert(words.begin(), "evaluate");
    const auto outcome = folder.graft(words);
    INFO(outcome.err);
    CHECK(outcome.status == status);
    CHECK(outcome.first_line().find(line) != std::string::npos);
    CHECK(outcome.out.empty());
  };
  refused({"none"}, 4, "'none': there is no such run");
  refused({"run", "--set", "data.clients=5"}, 2, "the data has 5 clients here, the run has 4");
  refused({"run", "--set", "strategy.use=apfl"}, 2, "'strategy.use' is the run's own");
  refused({"run", "--set", "data.classes=3"}, 2, "'data.classes' is the run's own");
  refused({"run", "--turns", "-1"}, 2, "graft evaluate: --turns");
}

}  // namespace graft::tests
