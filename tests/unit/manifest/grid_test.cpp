// Grids: every combination, in order, with names that tell them apart; and what is said of each kind of mistake.
#include "core/manifest/grid.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "core/manifest/study.hpp"
#include "tests/unit/support.hpp"

namespace graft::core {

namespace {

constexpr auto kBase = R"(seed = 3
[data]
source = "shapes"
[strategy]
use = "fedrep"
[training]
optimizer = { use = "sgd", lr = 0.05, momentum = 0.9 }
)";

struct Files : Folder {
  explicit Files(const std::string& study) {
    write("base.toml", kBase);
    write("s.toml", "base = \"base.toml\"\n" + study);
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path / name) << text; }
  Study read(const std::vector<std::string>& overrides = {}, const std::string& name = "s.toml") const {
    return read_study({path / name}, overrides);
  }
};

std::vector<std::string> names_of(const Study& study) {
  std::vector<std::string> names;
  for (const auto& variant : study.variants) names.push_back(variant.name);
  return names;
}

using Names = std::vector<std::string>;

std::string said(const std::string& study, const std::vector<std::string>& overrides = {}) {
  const Files files(study);
  const std::string line = error_of([&] { files.read(overrides); }).what();
  const auto folder = files.path.string() + "/";
  return line.starts_with(folder) ? line.substr(folder.size()) : line;
}

}  // namespace

TEST_CASE("a grid makes a variant of each combination, the last key fastest") {
  const auto study =
      Files("[grid]\ntraining.optimizer.lr = [0.1, 0.2]\nstrategy.use = [\"fedavg\", \"fedper\", \"local\"]\n").read();
  CHECK(names_of(study) ==
        Names{"lr=0.1 fedavg", "lr=0.1 fedper", "lr=0.1 local", "lr=0.2 fedavg", "lr=0.2 fedper", "lr=0.2 local"});
  CHECK(study.name == "s");
  CHECK(study.baseline == 0);
  const auto& fourth = study.variants[3].manifest;
  CHECK(fourth.training.optimizer.lr == 0.2);
  CHECK(fourth.training.optimizer.momentum == 0.9);
  CHECK(fourth.strategy.id == "fedavg");
}

TEST_CASE("keys of a grid count in the order of the text, also where tables stand between each other") {
  const Files files("[grid]\ntraining.epochs = [1, 2]\nrounds = [3, 4]\ntraining.batch = [5, 6]\n");
  const auto names = names_of(files.read());
  CHECK(names[0] == "epochs=1 rounds=3 batch=5");
  CHECK(names[1] == "epochs=1 rounds=3 batch=6");
  CHECK(names[2] == "epochs=1 rounds=4 batch=5");
}

TEST_CASE("a grid stands for each of the variants, and a study's grid may be set and inherited") {
  const Files files("[grid]\ntraining.epochs = [1, 2]\n[[variants]]\nname = \"A\"\n[[variants]]\nname = \"B\"\nrounds = 3\n");
  CHECK(names_of(files.read()) == Names{"A epochs=1", "A epochs=2", "B epochs=1", "B epochs=2"});
  CHECK(files.read().variants[3].manifest.rounds == 3);
  CHECK(names_of(files.read({"grid.training.epochs=[4]"})) == Names{"A epochs=4", "B epochs=4"});
  CHECK(files.read({"training.batch=7"}).variants[0].manifest.training.batch == 7);
  CHECK(files.read({"baseline=B epochs=1"}).baseline == 2);
  files.write("t.toml", "base = \"s.toml\"\nrounds = 9\n");
  CHECK(names_of(files.read({}, "t.toml")) == names_of(files.read()));
  files.write("u.toml", "base = \"s.toml\"\n[grid]\nrounds = [1, 2]\n");
  CHECK(names_of(files.read({}, "u.toml")) == Names{"A rounds=1", "A rounds=2", "B rounds=1", "B rounds=2"});
  files.write("v.toml", "base = \"s.toml\"\n[[variants]]\nname = \"C\"\n");
  CHECK(names_of(files.read({}, "v.toml")) == Names{"C"});
}

TEST_CASE("names tell combinations apart, and are fit for folders") {
  CHECK(names_of(Files("[grid]\ntraining.optimizer.lr = [0.1]\nserver.optimizer.lr = [1, 2]\n").read()) ==
        Names{"training.optimizer.lr=0.1 server.optimizer.lr=1", "training.optimizer.lr=0.1 server.optimizer.lr=2"});
  CHECK(names_of(Files("[grid]\ndata.split = [{ by = \"iid\" }, { by = \"dirichlet\", alpha = 0.1 }]\n").read()) ==
        Names{"iid", "dirichlet alpha=0.1"});
  CHECK(names_of(Files("[grid]\nmodules = [[], [{ use = \"prefix\" }, { use = \"lora\" }]]\n").read()) ==
        Names{"modules=none", "modules=prefix+lora"});
  CHECK(names_of(Files("[grid]\nbackbone.weights = [\"a/b.safetensors\"]\n").read()) == Names{"weights=a-b.safetensors"});
}

TEST_CASE("what a grid tries is not set beside it, else its variants' names were false") {
  const std::string
      grid = "[grid]\ntraining.optimizer.lr = [1, 2]\n",
      why = "'training.optimizer.lr' is the grid's; --set 'grid.training.optimizer.lr=[…]' changes the values that it tries";
  CHECK(said(grid, {"training.optimizer.lr=3"}) == "--set training.optimizer.lr=3: " + why);
  CHECK(said(grid, {"training.optimizer={use=\"sgd\"}"}) == "--set training.optimizer={use=\"sgd\"}: " + why);
  CHECK(said(grid, {"training.optimizer.lr =3"}) == "--set training.optimizer.lr =3: " + why);
  CHECK(said(grid, {" training.optimizer = {use=\"sgd\"}"}) == "--set  training.optimizer = {use=\"sgd\"}: " + why);
  CHECK(Files(grid).read({"training.optimizer.momentum=0.5"}).variants[1].manifest.training.optimizer.momentum == 0.5);
}

TEST_CASE("what is wrong in a grid") {
  CHECK(said("grid = 3\n") == "s.toml:2:8: 'grid' must be a table of lists, found 3");
  CHECK(said("[grid]\n") == "s.toml:2:2: 'grid' has no key: a list of values for one such as training.optimizer.lr is expected");
  CHECK(said("[grid]\nrounds = 3\n") == "s.toml:3:10: 'grid.rounds' must be a list of the values to try, found 3");
  CHECK(said("[grid]\nrounds = []\n") == "s.toml:3:10: 'grid.rounds' must not be an empty list");
  CHECK(said("[grid]\nrouns = [3]\n") == "s.toml:3:1: unknown key 'rouns' in a grid, did you mean 'rounds'?");
  CHECK(said("[grid]\nrounds = [1, -1]\n") == "s.toml:3:14: 'rounds' must be a whole number, from 0 to 2147483647, found -1");
  CHECK(said("[grid]\nseed = [1, 2]\n") == "s.toml:3:1: 'seed' has no place in a grid, the study's 'seeds' is the list of them");
  CHECK(said("[grid]\nname = [\"a\"]\n") == "s.toml:3:1: 'name' has no place in a grid");
  CHECK(said("[grid]\nrounds = [1, 1]\n") ==
        "s.toml:2:2: 'grid' makes two variants named \"rounds=1\", expected a value once only");
  std::string many = "[grid]\n";
  for (const auto* key : {"rounds", "training.epochs", "training.batch", "data.clients", "lanes"})
    many += std::string(key) + " = [1, 2, 3, 4, 5, 6, 7]\n";
  CHECK(said(many) == "s.toml:2:2: 'grid' makes more than 10,000 variants, expected fewer values");
  CHECK(
      said("[grid]\nstrategy = [{ use = \"fedprox\" }, { mu = 1.0, use = \"fedprox\" }]\n[[variants]]\nname = \"A\"\n[[variants]]\n"
           "name = \"A mu=1.0\"\n") ==
      "s.toml:6:1: two variants come to the name \"A mu=1.0 fedprox\", expected another 'name' of one");
  CHECK(said("[grid]\nrounds = [1, 2]\n", {"baseline=rounds=3"}) ==
        "--set baseline=rounds=3: 'baseline' must be a variant's name, one of rounds=1, rounds=2, found the text \"rounds=3\", did "
        "you mean 'rounds=1'?");
}

}  // namespace graft::core
