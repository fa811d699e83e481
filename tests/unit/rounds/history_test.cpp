// Spreads by hand, and the round that validation chooses.
#include "core/rounds/history.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/base/files.hpp"
#include "core/rounds/turns.hpp"
#include "tests/unit/rounds/nano.hpp"

namespace graft::core {

namespace {

using Catch::Approx;
using nlohmann::json;

std::vector<Score> scores_of(const std::vector<double>& accuracies, double validated = kNotScored) {
  std::vector<Score> scores;
  for (const double one : accuracies) {
    scores.push_back({.client = std::int64_t(scores.size()), .test_samples = 4, .accuracy = one});
    if (!std::isnan(validated)) scores.back().validation_samples = 2;
    scores.back().validation_accuracy = validated;
  }
  return scores;
}

}  // namespace

TEST_CASE("the worst tenth and quarter are rounded up, Jain's index is 1 where all are equal") {
  std::vector<double> accuracies;
  for (int i = 70; i > 0; --i) accuracies.push_back(i / 100.0);
  const auto spread = spread_of(scores_of(accuracies));
  CHECK(spread.worst_10 == Approx(0.04));   // 7 of 70: 1 to 7 %
  CHECK(spread.worst_25 == Approx(0.095));  // 18 of 70: 1 to 18 %
  CHECK(spread_of(scores_of({0.2, 0.6, 0.7})).worst_10 == Approx(0.2));
  CHECK(spread_of(scores_of({0.4, 0.4, 0.4})).jain == Approx(1));
  CHECK(spread_of(scores_of({1, 0, 0, 0})).jain == Approx(0.25));
  CHECK(spread_of(scores_of({0, 0})).jain == 1);
  CHECK(std::isnan(spread_of({}).worst_10));
}

TEST_CASE("the best round on validation samples is chosen, of equal ones the first, and none without them") {
  Scored scored;
  scored.take(1, scores_of({0.1, 0.3}));
  CHECK(scored.chosen.empty());
  scored.take(2, scores_of({0.9, 0.9}, 0.5));
  scored.take(3, scores_of({0.2, 0.2}, 0.7));
  scored.take(4, scores_of({0.8, 0.8}, 0.7));
  scored.take(5, scores_of({0.6, 0.6}, 0.4));
  CHECK(scored.chosen_round == 3);  // not the best on the test
  CHECK(scored.chosen[0].accuracy == 0.2);
  CHECK(scored.newest[0].accuracy == 0.6);
}

TEST_CASE("validation samples are scored as test samples are") {
  auto federation = nano::federation("fedavg", {"data.validation_fraction=0.3"});
  const auto scores = score_everyone(federation, 0, nullptr);
  for (auto& client : federation.split) std::swap(client.test, client.validation);
  const auto turned = score_everyone(federation, 0, nullptr);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    CHECK(scores[i].validation_samples > 0);
    CHECK(scores[i].validation_samples == turned[i].test_samples);
    CHECK(scores[i].validation_accuracy == turned[i].accuracy);
    CHECK(scores[i].validation_loss == turned[i].loss);
    CHECK(scores[i].accuracy == turned[i].validation_accuracy);
  }
}

TEST_CASE("a run says which round validation chose, and the same after it was resumed") {
  const std::vector<std::string> settings{"data.validation_fraction=0.3", "rounds=4"};
  const Folder straight, broken;
  auto federation = nano::federation("fedper", settings);
  const auto summary = json::parse(run(federation, {straight.path, false, nullptr, {}}));
  const auto& chosen = summary.at("chosen");
  double best = -1;
  std::int64_t round = 0;
  std::istringstream lines(read_whole(straight.path / "rounds.jsonl", Exit::data));
  for (std::string line; std::getline(lines, line);) {
    const auto record = json::parse(line);
    const double now = record.at("validation").at("mean");
    if (now > best) {
      best = now;
      round = record.at("round");
    }
  }
  CHECK(chosen.at("round") == round);
  CHECK(chosen.at("validation").at("mean") == Approx(best));
  CHECK(chosen.at("clients").size() == summary.at("clients").size());

  auto half = nano::federation("fedper", settings);
  half.manifest.rounds = 2;
  run(half, {broken.path, false, nullptr, {}});
  auto rest = nano::federation("fedper", settings);
  const auto again = json::parse(run(rest, {broken.path, true, nullptr, {}}));
  CHECK(again.at("chosen") == chosen);
}

}  // namespace graft::core
