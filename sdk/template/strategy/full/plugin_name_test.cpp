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

// Every client's accuracy and loss, in all their digits.
std::string scores(const Run& run) { return graft::testing::whole_file(run.folder() / "clients.csv"); }

}  // namespace

TEST_CASE("without correction, personal part and mixing it is FedAvg, score for score") {
  const Run mine = ran({kShared, kPlain, kCommon, "strategy.weighting=samples"});
  CHECK(scores(mine) == scores(ran({"strategy={use='fedavg'}"})));
}

TEST_CASE("with all of it personal clients train alone, score for score") {
  CHECK(scores(ran({"strategy.personal='*'"})) == scores(ran({"strategy={use='local'}"})));
}

TEST_CASE("in the first round there is no drift to correct") {
  const Run mine("smoke.toml", {"rounds=1", kCommon}), plain("smoke.toml", {"rounds=1", kCommon, kPlain});
  CHECK(scores(mine) == scores(plain));
}

TEST_CASE("in the second round there is, and the server serves what the clients sent") {
  CHECK(scores(ran({kCommon})) != scores(ran({kCommon, kPlain})));
  CHECK(ran({}).shared().find("served.server_control") != std::string::npos);  // names of tensors stand in the file as text
}

TEST_CASE("mixing changes scores, and no model") {
  const Run common = ran({kCommon}), mixed = ran({"strategy.share=0.5"});
  CHECK(common.shared() == mixed.shared());
  CHECK(common.client(0) == mixed.client(0));
  CHECK(scores(common) != scores(mixed));
}

TEST_CASE("tuning and closing change scores; closing changes what is personal, tuning does not") {
  const Run plain = ran({}), tuned = ran({"strategy.tune_steps=5"}), closed = ran({"strategy.final_epochs=1"});
  CHECK(scores(plain) != scores(tuned));
  CHECK(plain.client(0) == tuned.client(0));
  CHECK(plain.shared() == closed.shared());
  CHECK(plain.client(0) != closed.client(0));
}

TEST_CASE("it learns") {
  const double chance = 1.0 / 3;
  CHECK(Run("smoke.toml").accuracy() > chance + 0.05);
}
