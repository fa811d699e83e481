// What must hold of plugin_name whatever the data.
#include <catch2/catch_test_macros.hpp>
#include <graft/testing.hpp>

using graft::testing::Run;

TEST_CASE("with nothing personal and no term it is FedAvg, score for score") {
  const Run mine("smoke.toml", {"rounds=2", "strategy.mu=0", "strategy.personal=''"});
  CHECK(mine.scores() == Run("smoke.toml", {"rounds=2", "strategy={use='fedavg'}"}).scores());
  CHECK(mine.client(0).empty());
}

TEST_CASE("with all of it personal clients train alone, byte for byte, whatever the term") {
  const Run mine("smoke.toml", {"rounds=2", "strategy.mu=1", "strategy.personal='*'"});
  const Run local("smoke.toml", {"rounds=2", "strategy={use='local'}"});
  for (int client = 0; client < 4; ++client) CHECK(mine.client(client) == local.client(client));
}

TEST_CASE("the head stays with its client, and the schedule changes what it learns") {
  const Run joint("smoke.toml", {"rounds=2"}), first("smoke.toml", {"rounds=2", "strategy.schedule=personal_first"});
  CHECK(joint.client(0) != joint.client(1));
  CHECK(joint.client(0) != first.client(0));
}

TEST_CASE("tuning changes scores, and no model") {
  const Run plain("smoke.toml", {"rounds=2"}), tuned("smoke.toml", {"rounds=2", "strategy.tune_steps=5"});
  CHECK(plain.shared() == tuned.shared());
  CHECK(plain.client(0) == tuned.client(0));
  CHECK(plain.loss() != tuned.loss());
}

TEST_CASE("it learns") {
  const double chance = 1.0 / 3;
  CHECK(Run("smoke.toml").accuracy() > chance + 0.05);
}
