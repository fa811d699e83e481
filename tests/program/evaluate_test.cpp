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

TEST_CASE("other data is said, and test samples that the run trained on are counted") {
  const Folder folder;
  write_fixed_data(folder);
  REQUIRE(folder.graft({"run", "fixed.toml", "--out", "run"}).status == 0);
  const auto said = [&](const Words& more) {
    Words words{"evaluate", "run"};
    words.insert(words.end(), more.begin(), more.end());
    return folder.graft(words).err;
  };
  CHECK(said({}).empty());
  folder.write("other.json", R"({"clients": [{"train": [8], "test": [9, 10]}, {"train": [20], "test": [12, 13, 21]}]})");
  const auto other = said({"--set", "data.split.path=other.json"});
  CHECK(other.find("client i is scored with what the run's client i keeps") != std::string::npos);
  CHECK(other.find("2 test samples were trained on in the run") != std::string::npos);
  const auto fresh = said({"--set", "data.split.path=other.json", "--new-clients"});
  CHECK(fresh.find("client i is") == std::string::npos);
  CHECK(fresh.find("2 test samples were trained on in the run") != std::string::npos);
}

TEST_CASE("classes of other pictures are found by name") {
  const Folder folder;
  const std::string picture(
      "\211\120\116\107\015\012\032\012\000\000\000\015\111\110\104\122\000\000\000\001\000\000\000\001\010\000\000\000\000\072\176"
      "\233\125"
      "\000\000\000\012\111\104\101\124\170\234\143\150\000\000\000\202\000\201\167\315\162\266\000\000\000\000\111\105\116\104\256"
      "\102\140\202",
      67);
  for (const auto* name : {"a/1", "a/2", "b/1", "b/2", "c/1", "c/2"}) folder.write(std::string("first/") + name + ".png", picture);
  for (const auto* name : {"c/1", "c/2", "c/3", "c/4"}) folder.write(std::string("second/") + name + ".png", picture);
  for (const auto* name : {"c/1", "d/1"}) folder.write(std::string("third/") + name + ".png", picture);
  const auto run =
      folder.graft({"run", folder.manifest(), "--out", "run", "--set", "data.source=images", "--set", "data.path=first", "--set",
                    "data.clients=1", "--set", "data.classes=auto", "--set", "training.cohort=1.0"});
  INFO(run.err);
  REQUIRE(run.status == 0);
  const Words second{"--set", "data.path=second", "--set", "data.split={by=\"iid\"}", "--csv", "second.csv"};
  CHECK(scored(folder, second).at("classes") == nlohmann::json({"a", "b", "c"}));
  const auto csv = folder.read("second.csv");
  CHECK(csv.substr(csv.rfind('\n', csv.size() - 2)).find(",0,,0,,1,") != std::string::npos);  // its one test sample is of class c
  const auto third = folder.graft({"evaluate", "run", "--set", "data.path=third"});
  CHECK(third.status == 4);
  CHECK(third.first_line() == "the data has a class 'd', which the run has not");
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
  CHECK(two.at("evaluation") ==
        nlohmann::json({{"run", "run"}, {"set", {"data.clients=6", "seed=4"}}, {"new_clients", true}, {"turns", 2}}));
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
  refused({"small.toml"}, 4, "'small.toml' is a file, expected a run's folder");
  refused({"run", "--quiet"}, 2, "graft evaluate: unknown option '--quiet'");
  refused({"run", "--set", "data.clients=5"}, 2, "the data has 5 clients here, the run has 4");
  refused({"run", "--set", "strategy.use=apfl"}, 2, "'strategy.use' is the run's own");
  refused({"run", "--set", "data.classes=3"}, 2, "'data.classes' is the run's own");
  refused({"run", "--turns", "-1"}, 2, "graft evaluate: --turns");
  refused({"run", "--turns", "3"}, 2, "graft evaluate: --turns is for --new-clients");
  refused({"run", "--csv", "run/clients.csv"}, 2, "--csv run/clients.csv: the run's own files stay");
  refused({"run", "--csv", "nowhere/clients.csv"}, 2, "--csv nowhere/clients.csv: no file can be written there");
}

}  // namespace graft::tests
