// What must hold of plugin_name and plugin_name_linear whatever the data.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <graft/testing.hpp>

using graft::testing::Overrides;
using graft::testing::Run;

namespace {

const std::string kLinearAlone = "modules=[{use='plugin_name_linear'}]", kNone = "modules=[]";

Run ran(Overrides overrides) {
  overrides.push_back("precision=fp64");
  return Run("smoke.toml", overrides);
}

}  // namespace

TEST_CASE("the bottleneck starts as nothing, to the bit") {
  CHECK(ran({"rounds=0"}).loss() == ran({"rounds=0", "modules.0.bottleneck=0"}).loss());
}

TEST_CASE("with scale 0 it stays so, however long it is trained") {
  const Run mine = ran({"rounds=2", "modules.0.scale=0"}), without = ran({"rounds=2", "modules.0.bottleneck=0"});
  CHECK(std::abs(mine.loss() - without.loss()) < 1e-9);
}

TEST_CASE("the changes of linear layers start as the plain ViT") {
  const Run mine = ran({"rounds=0", kLinearAlone}), plain = ran({"rounds=0", kNone});
  CHECK(mine.accuracy() == plain.accuracy());
  CHECK(std::abs(mine.loss() - plain.loss()) < 1e-12);  // without modules, Graft skips what nobody looks at: rounding differs
}

TEST_CASE("merged into the weights they do without the module") {
  const Run mine = ran({"rounds=2", kLinearAlone});
  const auto models = mine.folder() / "merged";
  graft::testing::graft({"export", mine.folder().string(), "--merge", "--out", models.string()}, mine.folder() / "log");
  const Run plain = ran({"rounds=0", kNone, "backbone.weights=" + (models / "shared.safetensors").string()});
  CHECK(mine.accuracy() == plain.accuracy());
  CHECK(std::abs(mine.loss() - plain.loss()) < 1e-9);
}

TEST_CASE("each option matters") {
  const std::string option = GENERATE("0.tokens=1", "0.dropout=0.5", "0.prefixes=0", "0.bottleneck=0", "0.scale=3", "1.rank=1",
                                      "1.scale=3", "1.targets=mlp.fc1");
  CHECK(ran({"rounds=1", "modules." + option}).loss() != ran({"rounds=1"}).loss());
}

TEST_CASE("they learn") {
  const double chance = 1.0 / 3;
  CHECK(Run("smoke.toml").accuracy() > chance + 0.05);
}
