// What --set changes, and what is said where it cannot.
#include <catch2/catch_test_macros.hpp>

#include "parsing.hpp"

using namespace graft::core;
namespace fs = std::filesystem;

namespace {

Manifest set(const std::vector<std::string>& overrides, const std::string& text = "") {
  return parsed_with_required(text, overrides);
}

std::string said(const std::string& override, const std::string& text = "") {
  const auto error = error_of([&] { set({override}, text); });
  CHECK(error.more.empty());
  return error.what();
}

}  // namespace

TEST_CASE("a value is TOML") {
  CHECK(set({"rounds=3"}).rounds == 3);
  CHECK(set({"rounds = 3 # three"}, "rounds = 5").rounds == 3);
  CHECK(set({"training.optimizer.lr=1e-3"}).training.optimizer.lr == 1e-3);
  CHECK(set({"data.shuffle=false"}).data.shuffle == false);
  CHECK(set({"name=\"a b\""}).name == "a b");
  CHECK(set({"data.mean=[0.1, 0.2, 0.3]"}).data.mean.size() == 3);
  CHECK(set({"data.split={ by = \"iid\" }"}).data.split.by == "iid");
  CHECK(set({"strategy.mu=0.5"}).strategy.options.at(0).name == "mu");
}

TEST_CASE("what is not TOML is a text") {
  CHECK(set({"device=cuda:1"}).device == "cuda:1");
  CHECK(set({"name=a = b"}).name == "a = b");
  CHECK(set({"strategy.use=local"}).strategy.id == "local");
  CHECK(set({"data.path=/d/cifar"}).data.path == "/d/cifar");
}

TEST_CASE("what begins as TOML must end as it") {
  CHECK(
      said("data.split={by=\"iid\"") ==
      "--set data.split={by=\"iid\": the value is no whole TOML: {by=\"iid\", expected such as {by=\"iid\"}, [1, 2] or \"a text\"");
  CHECK(said("name=\"half").find("is no whole TOML") != std::string::npos);
}

TEST_CASE("the last of several counts, and all stand above the file") {
  CHECK(set({"rounds=3", "rounds=4"}, "rounds = -5").rounds == 4);
  CHECK(set({"training.optimizer.lr=0.5"}, "training = { optimizer = { use = \"adamw\" } }").training.optimizer.use == "adamw");
}

TEST_CASE("relative paths start at the working folder") {
  const auto m = set({"data.path=d", "plugins.paths=[\"p\"]"}, "data.split.path = \"s.json\"");
  CHECK(m.data.path == fs::current_path() / "d");
  CHECK(m.plugin_paths.at(0) == fs::current_path() / "p");
  CHECK(m.data.split.path == "/folder/s.json");
}

TEST_CASE("modules are addressed by their index") {
  const std::string two = "[[modules]]\nuse = \"prefix\"\n[[modules]]\nuse = \"lora\"\n";
  const auto m = set({"modules.1.rank=4", "modules.0.use=adapter"}, two);
  CHECK(m.modules.at(0).id == "adapter");
  CHECK(std::get<std::int64_t>(m.modules.at(1).options.at(0).value) == 4);
  CHECK(set({"modules.0.use=prefix", "modules.0.scale=2.0"}).modules.at(0).options.size() == 1);
  CHECK(set({"modules.2.use=prompt"}, two).modules.size() == 3);
  CHECK(set({"modules=[]"}, two).modules.empty());
  CHECK(said("modules.3.use=x", two) == "--set modules.3.use=x: '3' is no item of 'modules', which has 2, counted from 0");
  CHECK(said("modules.first.use=x", two) ==
        "--set modules.first.use=x: 'first' is no item of 'modules', which has 2, counted from 0");
  CHECK(said("modules.99999999999999999999.use=x", two).find("is no item of 'modules'") != std::string::npos);
}

TEST_CASE("mistakes are said with the text of the command line") {
  CHECK(said("rouns=3") == "--set rouns=3: unknown key 'rouns', did you mean 'rounds'?");
  CHECK(said("training.epoch=3") == "--set training.epoch=3: unknown key 'epoch' in [training], did you mean 'epochs'?");
  CHECK(said("rounds=three") == "--set rounds=three: 'rounds' must be a whole number, found the text \"three\"");
  CHECK(said("rounds=-3") == "--set rounds=-3: 'rounds' must be a whole number, from 0 to 2147483647, found -3");
  CHECK(said("deterministic=true") == "--set deterministic=true: 'deterministic = true' is not available yet in this version");
  CHECK(said("training.cohort=99").find("--set training.cohort=99: 'training.cohort' asks for 99 clients") == 0);
  CHECK(said("data=3") == "--set data=3: 'data' must be a table, found 3");
  CHECK(said("modules.0.scale=3") == "--set modules.0.scale=3: required key 'modules.0.use' is missing: it names the plugin");
}

TEST_CASE("what is no KEY=VALUE") {
  const std::string expected = ": expected KEY=VALUE, such as training.epochs=2";
  for (const std::string text : {"", "rounds", "=3", "training..epochs=3", ".rounds=3", "training.=3"})
    CHECK(said(text) == "--set " + text + expected);
  CHECK(said("rounds.x=3", "rounds = 4") == "--set rounds.x=3: 'rounds' is no table: found 4");
  CHECK(said("name=\xff") == "--set name=\xff: not UTF-8 text");
  CHECK(said("name=a\n\x1b[31m") == "--set name=a  [31m: 'name' must be fit for a folder, found \"a\\n\\u001B[31m\"");
}

TEST_CASE("a value cannot smuggle in further keys") {
  CHECK(set({"name=\"a\" "}).name == "a");
  CHECK(said("rounds=3\nseed=4") == "--set rounds=3 seed=4: 'rounds' must be a whole number, found the text \"3\\nseed=4\"");
}
