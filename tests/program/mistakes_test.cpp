// What is wrong with the command line or the manifest: exit 2, the first line says it all, nothing is left behind.
#include <catch2/catch_test_macros.hpp>

#include "tests/program/program.hpp"

namespace graft::tests {

namespace {

struct Mistake {
  Words words;
  std::string line;  // the first, or how it begins where it ends in …
};

void check(const Folder& folder, const Mistake& mistake, int status) {
  const auto outcome = folder.graft(mistake.words);
  INFO(outcome.err);
  CHECK(outcome.status == status);
  const std::string dots = "…";
  const auto& line = mistake.line;
  const bool open = line.size() >= dots.size() && line.compare(line.size() - dots.size(), dots.size(), dots) == 0;
  CHECK((open ? outcome.first_line().substr(0, line.size() - dots.size()) + dots : outcome.first_line()) == line);
  CHECK(outcome.out.empty());
  CHECK(folder.names() == std::vector<std::string>{"small.toml"});
}

}  // namespace

TEST_CASE("a mistyped command line is exit 2, with the nearest word") {
  const Folder folder;
  folder.manifest();
  const std::vector<Mistake> mistakes{
      {{}, "no verb given, expected one of run, compare, watch, inspect, data, evaluate, export, plugins, new, check, completion"},
      {{"rnu", "small.toml"}, "unknown verb 'rnu', did you mean 'run'?"},
      {{"small.toml"}, "unknown verb 'small.toml'"},
      {{"--vresion"}, "unknown option '--vresion', did you mean '--version'?"},
      {{"bench", "small.toml"}, "'graft bench' is not available yet in this version"},
      {{"compare", "smal.toml"}, "cannot read 'smal.toml': No such file or directory"},
      {{"plugins", "apfel"}, "unknown plugin 'apfel', did you mean 'apfl'?"},
      {{"plugins", "apfl@7"}, "unknown version 'apfl@7', at hand: 1.1.0 (…"},
      {{"plugins", "lock", "nowhere.toml"}, "cannot read 'nowhere.toml': No such file or directory"},
      {{"plugins", "add"}, "graft plugins add: WHAT is required"},
      {{"plugins", "remove", "apfel"}, "there is no plugin 'apfel', did you mean 'apfl'?"},
      {{"run"}, "graft run: M is required"},
      {{"run", "small.toml", "--quite"}, "graft run: unknown option '--quite', did you mean '--quiet'?"},
      {{"run", "--ouput", "x"}, "graft run: unknown option '--ouput', did you mean '--out'?"},
      {{"run", "small.toml", "other.toml"}, "graft run: 'other.toml' is one word too many"},
      {{"run", "small.toml", "--out"}, "graft run: --out…"},
      {{"run", "small.toml", "--out", ""}, "graft run: --out: expected a name, found nothing"},
      {{"export", "small.toml"}, "graft export: --out is required"},
      {{"inspect", "small.toml", "--set", "rounds"}, "--set rounds…"},
  };
  for (const auto& mistake : mistakes) check(folder, mistake, 2);
}

TEST_CASE("a wrong manifest is exit 2, and leaves nothing behind") {
  const Folder folder;
  folder.manifest();
  const std::vector<Mistake> mistakes{
      {{"run", "none.toml"}, "cannot read 'none.toml': No such file or directory"},
      {{"run", "small.toml", "--set", "rouns=3"}, "--set rouns=3: unknown key 'rouns', did you mean 'rounds'?"},
      {{"run", "small.toml", "--set", "strategy.use=fedavgg"}, "--set strategy.use=fedavgg: …"},
      {{"run", "small.toml", "--set", "strategy.use=prefix"}, "--set strategy.use=prefix: …"},
      {{"run", "small.toml", "--set", "strategy.use=fedperfix", "--set", "strategy.last_blocks_personal=9"},
       "--set strategy.use=fedperfix: strategy 'fedperfix': selector 'blocks.-3' matches no tensor…"},
      {{"run", "small.toml", "--set", "strategy.alpha=1"}, "--set strategy.alpha=1: …"},
      {{"run", "small.toml", "--set", "backbone.heads=5"},
       "--set backbone.heads=5: backbone.heads = 5 must divide backbone.width = 32"},
      {{"run", "small.toml", "--set", "backbone.freeze=[\"heda\"]"}, "--set backbone.freeze=[\"heda\"]: …"},
      {{"run", "small.toml", "--set", "training.cohort=5"}, "--set training.cohort=5: …"},
      {{"run", "small.toml", "--set", "device=cuda:7"}, "--set device=cuda:7: …"},
  };
  for (const auto& mistake : mistakes) check(folder, mistake, 2);
}

TEST_CASE("an error in the manifest is shown at its place") {
  const Folder folder;
  folder.write("m.toml", "rouns = 3\n");
  const auto outcome = folder.graft({"run", "m.toml"});
  CHECK(outcome.status == 2);
  CHECK(outcome.first_line() == "m.toml:1:1: unknown key 'rouns', did you mean 'rounds'?");
  CHECK(outcome.err.find("\n  rouns = 3\n  ^\n") != std::string::npos);
}

TEST_CASE("missing data is exit 4, and leaves nothing behind") {
  const Folder folder;
  folder.manifest();
  check(folder, {{"run", "small.toml", "--set", "data.source=cifar10", "--set", "data.path=nowhere"}, "…"}, 4);
}

TEST_CASE("help and version are exit 0, on standard output") {
  const Folder folder;
  for (const auto& words : std::vector<Words>{{"--help"}, {"-h"}, {"--version"}, {"run", "--help"}, {"plugins", "--help"}}) {
    const auto outcome = folder.graft(words);
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    CHECK(outcome.out.find("graft") != std::string::npos);
  }
}

}  // namespace graft::tests
