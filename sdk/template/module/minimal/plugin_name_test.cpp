// What must hold of plugin_name whatever the data.
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <graft/testing.hpp>

using graft::testing::Run;

TEST_CASE("at the start the network is the plain ViT") {
  const Run mine("smoke.toml", {"rounds=0", "precision=fp64"}), plain("smoke.toml", {"rounds=0", "precision=fp64", "modules=[]"});
  CHECK(mine.accuracy() == plain.accuracy());
  CHECK(std::abs(mine.loss() - plain.loss()) < 1e-12);  // without modules, Graft skips what nobody looks at: rounding differs
}

TEST_CASE("with scale 0 it stays so, however long it is trained") {
  const Run mine("smoke.toml", {"rounds=2", "precision=fp64", "modules.0.scale=0"});
  const Run plain("smoke.toml", {"rounds=2", "precision=fp64", "modules=[]"});
  CHECK(std::abs(mine.loss() - plain.loss()) < 1e-9);
}

TEST_CASE("its size changes nothing at the start, byte for byte") {
  const Run small("smoke.toml", {"rounds=0", "modules.0.bottleneck=4"}), large("smoke.toml", {"rounds=0"});
  CHECK(small.loss() == large.loss());
}

TEST_CASE("it learns") {
  const double chance = 1.0 / 3;
  CHECK(Run("smoke.toml").accuracy() > chance + 0.05);
}
