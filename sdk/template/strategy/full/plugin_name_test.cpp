// What must hold of plugin_name whatever the data.
#include <catch2/catch_test_macros.hpp>
#include <graft/testing.hpp>

using graft::testing::Overrides;
using graft::testing::Run;

namespace {

const std::string kShared = "strategy.personal=''", kPlain = "strategy.correction=0", kCommon = "strategy.share=0";

Run ran(Overrides overrides) {
  overrides.push_back("rounds=2");
  return Run("smoke.toml", overrides);
}

}  // namespace

TEST_CASE("without correction, personal part and mixing it is FedAvg, score for score") {
  const Run mine = ran({kShared, kPlain, kCommon, "strategy.weighting=samples"});
  CHECK(mine.scores() == ran({"strategy={use='fedavg'}"}).scores());
}

TEST_CASE("with all of it personal clients train alone, score for score") {
  CHECK(ran({"strategy.personal='*'"}).scores() == ran({"strategy={use='local'}"}).scores());
}

TEST_CASE("in the first round there is no drift to correct") {
  const Run mine("smoke.toml", {"rounds=1", kCommon}), plain("smoke.toml", {"rounds=1", kCommon, kPlain});
  CHECK(mine.scores() == plain.scores());
}

TEST_CASE("in the second round there is, and the server serves what the clients sent") {
  CHECK(ran({kCommon}).scores() != ran({kCommon, kPlain}).scores());
  CHECK(ran({}).shared().has("served.server_control"));
}

TEST_CASE("mixing changes scores, and no model") {
  const Run common = ran({kCommon}), mixed = ran({"strategy.share=0.5"});
  CHECK(common.shared() == mixed.shared());
  CHECK(common.client(0) == mixed.client(0));
  CHECK(common.scores() != mixed.scores());
}

TEST_CASE("tuning and closing change scores; closing changes what is personal, tuning does not") {
  const Run plain = ran({}), tuned = ran({"strategy.tune_steps=5"}), closed = ran({"strategy.final_epochs=1"});
  CHECK(plain.scores() != tuned.scores());
  CHECK(plain.client(0) == tuned.client(0));
  CHECK(plain.shared() == closed.shared());
  CHECK(plain.client(0) != closed.client(0));
}

TEST_CASE("it learns") {
  const double chance = 1.0 / 3;
  CHECK(Run("smoke.toml").accuracy() > chance + 0.05);
}
