// What must hold of plugin_name whatever the data.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <graft/testing.hpp>

using graft::testing::Overrides;
using graft::testing::Run;

namespace {

Run ran(Overrides overrides, const Overrides& more = {}) {
  overrides.insert(overrides.end(), more.begin(), more.end());
  return Run("smoke.toml", overrides);
}

const Overrides kStart = {"rounds=0", "precision=fp64"};

}  // namespace

TEST_CASE("at the start the network is the plain ViT, whatever the options") {
  const std::string option = GENERATE("activation=relu", "activation=none", "normalised=true", "last_blocks=1", "scale=5");
  const Run mine = ran(kStart, {"modules.0." + option}), plain = ran(kStart, {"modules=[]"});
  CHECK(mine.accuracy() == plain.accuracy());
  CHECK(std::abs(mine.loss() - plain.loss()) < 1e-12);  // without modules, Graft skips what nobody looks at: rounding differs
}

TEST_CASE("with scale 0 it stays so, however long it is trained") {
  const Run mine = ran({"rounds=2", "precision=fp64", "modules.0.scale=0"});
  CHECK(std::abs(mine.loss() - ran({"rounds=2", "precision=fp64", "modules=[]"}).loss()) < 1e-9);
}

TEST_CASE("each option changes what is learned") {
  const std::string option = GENERATE("activation=relu", "activation=none", "normalised=true", "last_blocks=1", "scale=5");
  CHECK(ran({"rounds=1", "modules.0." + option}).shared() != ran({"rounds=1"}).shared());
}

TEST_CASE("personal, it stays with its client") {
  const Run mine = ran({"rounds=1", "strategy={use='fedperfix'}"});
  CHECK(mine.client(0) != mine.client(1));
  CHECK(!mine.shared().has("plugin_name"));
}

TEST_CASE("it learns") {
  const double chance = 1.0 / 3;
  CHECK(Run("smoke.toml").accuracy() > chance + 0.05);
}
