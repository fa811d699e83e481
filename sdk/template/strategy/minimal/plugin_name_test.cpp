// What must hold of plugin_name whatever the data.
#include <catch2/catch_test_macros.hpp>
#include <graft/testing.hpp>

using graft::testing::Run;

TEST_CASE("without its term it is FedAvg, score for score") {
  const Run mine("smoke.toml", {"rounds=2", "strategy.mu=0"}), fedavg("smoke.toml", {"rounds=2", "strategy={use='fedavg'}"});
  CHECK(mine.scores() == fedavg.scores());
}

TEST_CASE("its term changes the model") {
  const Run none("smoke.toml", {"rounds=2", "strategy.mu=0"}), much("smoke.toml", {"rounds=2", "strategy.mu=1"});
  CHECK(none.shared() != much.shared());
}

TEST_CASE("it learns") {
  const double chance = 1.0 / 3;
  CHECK(Run("smoke.toml").accuracy() > chance + 0.05);
}
