// Studies: what a variant comes to, and what is said of each kind of mistake, at its place in the file that made it.
#include "core/manifest/study.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/manifest/read.hpp"
#include "core/manifest/tree_json.hpp"
#include "tests/unit/support.hpp"

namespace graft::core {

namespace {

namespace fs = std::filesystem;

constexpr auto kBase = R"(seed = 3
rounds = 20
[data]
source = "shapes"
clients = 6
split = { by = "dirichlet", alpha = 0.3 }
[[modules]]
use = "prefix"
[strategy]
use = "fedperfix"
last_blocks_personal = 1
[training]
epochs = 2
optimizer = { use = "sgd", lr = 0.05, momentum = 0.9 }
)";

constexpr auto kVariants = R"([[variants]]
name = "FedAvg"
strategy.use = "fedavg"
modules = []
published = [23.29, 11.31]
[[variants]]
name = "FedPerfix"
training.optimizer.lr = 0.1
data.split.alpha = 0.1
published = 40
)";

struct Files : Folder {  // with base.toml, and s.toml where it is given
  explicit Files(const std::string& study = "") {
    write("base.toml", kBase);
    if (!study.empty()) write("s.toml", study);
  }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << text;
  }
  Study read(const std::vector<std::string>& overrides = {}, const std::string& name = "s.toml") const {
    return read_study({path / name}, overrides);
  }
  // The error's first line, without the folder.
  std::string said(const std::vector<std::string>& overrides = {}) const {
    const auto error = error_of([&] { read(overrides); });
    CHECK(error.status == Exit::usage);
    std::string line = error.what();
    for (auto at = line.find(path.string()); at != std::string::npos; at = line.find(path.string())) {
      line.erase(at, path.string().size() + 1);
    }
    return line;
  }
};

std::string study(const std::string& keys) { return "base = \"base.toml\"\n" + keys + "\n" + kVariants; }
std::string said_of(const std::string& keys, const std::vector<std::string>& overrides = {}) {
  return Files(study(keys)).said(overrides);
}

using Seeds = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a variant is the base, what the study says and what it says itself, one over the other") {
  const Files files(study("seeds = [1, 2]\nrounds = 30\nbaseline = \"FedPerfix\"\n[data]\nclients = 8\n"));
  const auto study = files.read();
  CHECK(study.name == "s");
  CHECK(study.baseline == 1);
  REQUIRE(study.variants.size() == 2);
  const auto &avg = study.variants[0], &fix = study.variants[1];
  CHECK(avg.seeds == Seeds{1, 2});
  CHECK(avg.manifest.name == "FedAvg");
  CHECK(avg.manifest.seed == 1);
  CHECK(avg.manifest.rounds == 30);
  CHECK(avg.manifest.data.clients == 8);
  CHECK(avg.manifest.training.epochs == 2);
  CHECK(avg.manifest.modules.empty());
  CHECK(avg.manifest.strategy.id == "fedavg");
  CHECK(avg.manifest.strategy.options.empty());  // a strategy named anew brings none of the other's options
  CHECK(avg.published->mean == 23.29);
  CHECK(avg.published->std == 11.31);
  CHECK(fix.manifest.strategy.options.size() == 1);
  CHECK(fix.manifest.modules.size() == 1);
  CHECK(fix.manifest.data.split.by == "dirichlet");
  CHECK(fix.manifest.data.split.alpha == 0.1);
  CHECK(fix.manifest.training.optimizer.lr == 0.1);
  CHECK(fix.manifest.training.optimizer.momentum == 0.9);
  CHECK(fix.published->mean == 40);
  CHECK(!fix.published->std);
}

TEST_CASE("a table that names another choice brings nothing of the one before") {
  const Files files(study("training.optimizer = { use = \"adamw\", lr = 0.01 }\n[data]\nsplit = { by = \"iid\" }\n"));
  const auto study = files.read();
  const auto& m = study.variants[0].manifest;
  CHECK(m.training.optimizer.use == "adamw");
  CHECK(m.training.optimizer.momentum == 0);
  CHECK(m.training.epochs == 2);
  CHECK(m.data.split.by == "iid");
  CHECK(m.data.split.alpha == 0.5);
}

TEST_CASE("a manifest is a study of one, named apart from its own run") {
  const Files files;
  const auto study = files.read({}, "base.toml");
  CHECK(study.name == "base-comparison");
  REQUIRE(study.variants.size() == 1);
  CHECK(study.variants[0].name == "base");
  CHECK(study.variants[0].seeds == Seeds{3});
  CHECK(files.read({"seeds=[4, 5]"}, "base.toml").variants[0].seeds == Seeds{4, 5});
}

TEST_CASE("what --set says holds for all variants, and comes last; keys of the study's own can be set too") {
  const Files files(study("seeds = [1, 2]\nrounds = 30"));
  const auto study = files.read({"training.optimizer.lr=0.7", "seeds=[7]", "name=t", "baseline=FedPerfix", "variants.0.rounds=4"});
  CHECK(study.name == "t");
  CHECK(study.baseline == 1);
  CHECK(study.variants[0].manifest.rounds == 4);
  CHECK(study.variants[1].manifest.rounds == 30);
  for (const auto& variant : study.variants) {
    CHECK(variant.manifest.training.optimizer.lr == 0.7);
    CHECK(variant.seeds == Seeds{7});
  }
  CHECK(files.read({"seed=9"}).variants[1].seeds == Seeds{9});
  CHECK(files.read({"variants.2.name=third"}).variants.at(2).name == "third");
}

TEST_CASE("a study above a study takes over what it does not say") {
  const Files files(study("seeds = [1, 2]\nrounds = 30\nbaseline = \"FedPerfix\""));
  files.write("deep/t.toml", "base = \"../s.toml\"\nrounds = 40\n");
  const auto all = files.read({}, "deep/t.toml");
  CHECK(all.name == "t");
  CHECK(all.variants.size() == 2);
  CHECK(all.baseline == 1);
  CHECK(all.variants[0].seeds == Seeds{1, 2});
  CHECK(all.variants[0].manifest.rounds == 40);
  files.write("deep/t.toml", "base = \"../s.toml\"\nseed = 8\n[[variants]]\nname = \"own\"\n");
  const auto own = files.read({}, "deep/t.toml");
  REQUIRE(own.variants.size() == 1);
  CHECK(own.variants[0].seeds == Seeds{8});
  CHECK(own.variants[0].manifest.rounds == 30);
}

TEST_CASE("what --set says of variants holds for those of a base, too") {
  const Files files(study(""));
  files.write("t.toml", "base = \"s.toml\"\nrounds = 7\n");
  const auto study = files.read({"variants.0.name=X", "variants.1.training.epochs=5"}, "t.toml");
  REQUIRE(study.variants.size() == 2);
  CHECK(study.variants[0].name == "X");
  CHECK(study.variants[0].manifest.strategy.id == "fedavg");
  CHECK(study.variants[0].manifest.rounds == 7);
  CHECK(study.variants[1].manifest.training.epochs == 5);
}

TEST_CASE("names that are cut, and names that are no UTF-8") {
  const Files files;
  const auto name = std::string("x") + [] {
    std::string umlauts;
    for (int i = 0; i < 60; ++i) umlauts += "ä";
    return umlauts;
  }();
  files.write(name + ".toml", kBase);
  const auto study = read_study({files.path / (name + ".toml"), files.path / "base.toml"}, {});
  CHECK(study.name.size() <= 80);
  CHECK(study.name.ends_with("ä-vs-1-others"));
  files.write("b\xe4.toml", kBase);
  const auto error = error_of([&] { read_study({files.path / "b\xe4.toml"}, {}); });
  CHECK(error.status == Exit::usage);
  CHECK(std::string(error.what()).find("must be fit for a folder: at most 200 bytes of UTF-8") != std::string::npos);
}

TEST_CASE("paths start at the folder of the file that names them, those of --set at the working folder") {
  const Files files(study("[data]\nsource = \"idx\"\npath = \"mnist\""));
  files.write("deep/t.toml", "base = \"../s.toml\"\n[backbone]\nweights = \"w.safetensors\"\n");
  const auto manifest = files.read({"plugins.paths=plugins"}, "deep/t.toml").variants[0].manifest;
  CHECK(manifest.data.path == files.path / "mnist");
  CHECK(manifest.backbone.weights == files.path / "deep/w.safetensors");
  CHECK(manifest.plugin_paths.at(0) == fs::current_path() / "plugins");
}

TEST_CASE("the nearest plugins.lock binds") {
  const Files files(study(""));
  files.write("deep/t.toml", "base = \"../s.toml\"\n");
  CHECK(files.read({}, "deep/t.toml").variants[0].folder == files.path / "deep");
  files.write("plugins.lock", "");
  CHECK(fs::equivalent(files.read({}, "deep/t.toml").variants[0].folder, files.path));
  files.write("deep/plugins.lock", "");
  CHECK(fs::equivalent(files.read({}, "deep/t.toml").variants[0].folder, files.path / "deep"));
}

TEST_CASE("several files stand beside each other, each with its own seeds") {
  const Files files(study("seeds = [1, 2]"));
  files.write("other/base.toml", kBase);
  const auto read = [&](const std::vector<std::string>& names, const std::vector<std::string>& overrides = {}) {
    std::vector<fs::path> paths;
    for (const auto& name : names) paths.push_back(files.path / name);
    return read_study(paths, overrides);
  };
  const auto study = read({"base.toml", "other/base.toml", "s.toml"}, {"rounds=5"});
  CHECK(study.name == "base-vs-base-vs-s");
  std::vector<std::string> names;
  for (const auto& variant : study.variants) {
    names.push_back(variant.name);
    CHECK(variant.manifest.rounds == 5);
    CHECK(variant.manifest.name == variant.name);
  }
  CHECK(names == std::vector<std::string>{"base", "base-2", "s-FedAvg", "s-FedPerfix"});
  CHECK(study.variants[0].seeds == Seeds{3});
  CHECK(study.variants[2].seeds == Seeds{1, 2});
  CHECK(read({"base.toml", "s.toml"}, {"name=both", "baseline=s-FedAvg"}).baseline == 1);
  CHECK(error_of([&] {
          read({"base.toml", "s.toml"}, {"base=s.toml"});
        }).what() == std::string("--set base=s.toml: 'base' is one study's, and several files are compared here"));
}

TEST_CASE("what is wrong in a study is said at its place, in the file that says it") {
  CHECK(said_of("rouns = 3") == "s.toml:2:1: unknown key 'rouns', did you mean 'rounds'?");
  CHECK(said_of("varaints = 3") == "s.toml:2:1: unknown key 'varaints', did you mean 'variants'?");
  CHECK(said_of("seeds = 3") == "s.toml:2:9: 'seeds' must be a list of whole numbers, such as [1, 2, 3], found 3");
  CHECK(said_of("seed = [1, 2]") == "s.toml:2:8: 'seed' must be a whole number, found a list, did you mean 'seeds'?");
  CHECK(said_of("seeds = []") == "s.toml:2:9: 'seeds' must be a list of whole numbers, such as [1, 2, 3], found an empty one");
  CHECK(said_of("seeds = [1, -1]") == "s.toml:2:13: 'seeds' must be whole numbers, at least 0, found -1");
  CHECK(said_of("seeds = [1, 1]") == "s.toml:2:13: the seed 1 stands twice in 'seeds'");
  CHECK(said_of("seeds = [1]\nseed = 1") == "s.toml:3:1: 'seed' stands beside 'seeds', expected one of them");
  CHECK(said_of("baseline = \"FedAgv\"") ==
        "s.toml:2:12: 'baseline' must be a variant's name, one of FedAvg, FedPerfix, found the text \"FedAgv\", did you mean "
        "'FedAvg'?");
  CHECK(said_of("name = \"../x\"") ==
        "s.toml:2:8: 'name' must be fit for a folder: at most 200 bytes of UTF-8, without '/' and no dot at its beginning, found "
        "\"../x\"");
  CHECK(said_of("", {"rounds=-1"}) == "--set rounds=-1: 'rounds' must be a whole number, from 0 to 2147483647, found -1");
}

TEST_CASE("what is wrong in a variant") {
  const auto said = [](const std::string& variant, const std::string& keys = "") {
    return Files("base = \"base.toml\"\n" + keys + "\n[[variants]]\n" + variant).said();
  };
  CHECK(said("name = \"a\"\nrouns = 3") == "s.toml:5:1: unknown key 'rouns' in a variant, did you mean 'rounds'?");
  CHECK(said("name = \"a\"\ntraining.epoch = 3") == "s.toml:5:10: unknown key 'epoch' in [training], did you mean 'epochs'?");
  CHECK(said("name = \"a\"\npublishd = 3") == "s.toml:5:1: unknown key 'publishd' in a variant, did you mean 'published'?");
  CHECK(said("name = \"a\"\nseeds = [1]") == "s.toml:5:1: 'seeds' is the whole study's, not a variant's");
  CHECK(said("name = \"a\"\nseed = 1", "seeds = [1]") == "s.toml:5:1: 'seed' of a variant stands beside the study's 'seeds'");
  CHECK(said("rounds = 3") == "s.toml:3:1: required key 'variants.0.name' is missing");
  CHECK(said("name = \"a\"\n[[variants]]\nname = \"a\"") == "s.toml:6:8: a variant named \"a\" stands above already");
  for (const std::string name : {"", "a/b", ".a", "a\\u0007"}) {
    CHECK(said("name = \"" + name + "\"").starts_with("s.toml:4:8: 'variants.0.name' must be fit for a folder"));
  }
  CHECK(said("name = \"a\"\npublished = [1, 2, 3]") ==
        "s.toml:5:13: 'variants.0.published' must be a mean, or a mean and a deviation, found a list of 3");
  CHECK(said("name = \"a\"\npublished = [\"x\"]") ==
        "s.toml:5:14: 'variants.0.published' must be in percent, from 0 to 100, such as [23.3, 11.3], found the text \"x\"");
  CHECK(Files("base = \"base.toml\"\nvariants = []").said() == "s.toml:2:12: 'variants' must not be empty");
  CHECK(Files("base = \"base.toml\"\nvariants = 3").said() ==
        "s.toml:2:12: 'variants' must be tables, each under [[variants]], found 3");
}

TEST_CASE("bases that are not there, lead back or are wrong themselves") {
  const auto said = [](const std::string& text) { return Files(text).said(); };
  CHECK(said("base = \"bases.toml\"") == "s.toml:1:8: 'base' names 'bases.toml', which is not there, did you mean 'base.toml'?");
  CHECK(said("base = 3") == "s.toml:1:8: 'base' must be the path of a manifest or a study, found 3");
  CHECK(said("base = \"s.toml\"") == "s.toml:1:8: 'base' leads back to 's.toml', which is above it");
  const Files circle("base = \"t.toml\"");
  circle.write("t.toml", "base = \"./s.toml\"");
  CHECK(circle.said() == "t.toml:1:8: 'base' leads back to 's.toml', which is above it");
  const Files wrong("base = \"wrong.toml\"\n");
  wrong.write("wrong.toml", "rouns = 3\n");
  CHECK(wrong.said() == "wrong.toml:1:1: unknown key 'rouns', did you mean 'rounds'?");
}

TEST_CASE("a tree that went through CBOR is the same, with its places") {
  const Files files(study("seeds = [1]\ntraining.clip_norm = 1e300"));
  const auto variant = files.read({"rounds=8"}).variants[1];
  const auto bytes = nlohmann::json::to_cbor(json_of(variant.tree));
  const auto tree = tree_of(nlohmann::json::from_cbor(bytes));
  const auto manifest = manifest_of(tree, variant.name, variant.folder);
  CHECK(to_toml(manifest) != to_toml(variant.manifest));  // the seed comes from the study
  auto with_seed = manifest;
  with_seed.seed = 1;
  CHECK(to_toml(with_seed) == to_toml(variant.manifest));
  const auto line = [](const Manifest& m, const char* key) { return std::string(error_at(place_of(m, key), "x").what()); };
  for (const auto* key : {"rounds", "training.epochs", "training.optimizer.lr", "training.clip_norm", "strategy.use"}) {
    CHECK(line(manifest, key) == line(variant.manifest, key));
  }
  CHECK(line(manifest, "rounds") == "--set rounds=8: x");
}

}  // namespace graft::core
