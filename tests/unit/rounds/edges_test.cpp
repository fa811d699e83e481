// What is easily got wrong at the edges: single samples, schedules, clients without a step, timings of scores, damaged checkpoints.
#include <catch2/catch_test_macros.hpp>

#include <cmath>

#include "core/backbone/safetensors.hpp"
#include "core/base/files.hpp"
#include "core/rounds/checkpoint.hpp"
#include "core/rounds/merge.hpp"
#include "core/rounds/sample.hpp"
#include "core/rounds/steps.hpp"
#include "core/rounds/turns.hpp"
#include "tests/unit/rounds/nano.hpp"

using namespace graft::core;
using Set = std::vector<std::string>;

namespace {

Federation played(Federation federation) {
  const Folder folder;
  run(federation, {folder.path, false, nullptr, {}});
  return federation;
}

std::string refused(const std::filesystem::path& folder, const Set& overrides) {
  auto federation = nano::federation("apfl", overrides);
  try {
    run(federation, {folder, true, nullptr, {}});
  } catch (const Error& error) {
    CHECK(error.status == Exit::data);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("weight decay is exact for a batch of one sample, in any number of lanes", "[edge]") {
  const auto with = [](const Set& more) {
    Set overrides = {"training.optimizer.weight_decay=0.1", "training.epochs=3"};
    overrides.insert(overrides.end(), more.begin(), more.end());
    auto federation = nano::federation("fedavg", overrides);
    federation.split[0].train.resize(9);  // 8 and 1
    federation.split[1].train.resize(10);
    return played(std::move(federation));
  };
  const auto one = with({"lanes=1"});
  CHECK(nano::difference(one, with({"lanes=1", "training.clip_norm=1e9"})) < 1e-12);  // the path through a flat gradient
  CHECK(nano::difference(one, with({"lanes=4"})) < 1e-12);
}

TEST_CASE("a schedule's rate: of the rounds, and of what comes after one", "[edge]") {
  TrainingSpec training;
  training.optimizer.lr = 1;
  training.lr_schedule.use = "cosine";
  CHECK(scheduled_lr(training, 0, 4) == 1);
  CHECK(std::abs(scheduled_lr(training, 2, 4) - 0.5) < 1e-15);
  training.lr_schedule = {"step", {2, 3}, 0.1};
  CHECK(scheduled_lr(training, 1, 4) == 1);
  CHECK(std::abs(scheduled_lr(training, 3, 4) - 0.01) < 1e-15);
  // step at round 4, which no round of four reaches, changes nothing: neither training nor tuning nor closing.
  const Set plain = {"rounds=4"}, stepped = {"rounds=4", "training.lr_schedule={use=\"step\", at=[4], factor=0.01}"};
  for (const auto* strategy : {"fedbabu", "perfedavg", "fedrep"}) {
    auto a = plain, b = stepped;
    if (std::string(strategy) == "fedrep") {
      a.push_back("strategy.final_head_epochs=2");
      b.push_back("strategy.final_head_epochs=2");
    }
    const auto one = nano::ran(strategy, a), other = nano::ran(strategy, b);
    CHECK(nano::difference(one, other) == 0);
    const auto x = score_everyone(one, 4, nullptr), y = score_everyone(other, 4, nullptr);
    for (std::size_t i = 0; i < x.size(); ++i) CHECK(x[i].loss == y[i].loss);
  }
}

TEST_CASE("a client without a step takes no turn, sends nothing and changes nothing", "[edge]") {
  for (const auto* strategy : {"fedavg", "apfl", "perfedavg"}) {
    auto start = nano::federation(strategy, {"lanes=2"});
    start.split[2].train.clear();
    auto without = start;
    const auto end = played(start);
    for (const auto& [name, initial] : end.store.initial()) CHECK(at::equal(end.store.row(name, 2), initial));
    RoundRecord record;
    record.cohort = {2};
    CHECK(train_cohort(without, record, false, nullptr, [](double) {}).count() == 0);
    CHECK(record.upload_bytes + record.download_bytes == 0);
  }
}

TEST_CASE("nobody's test samples: scores are not a number, not 0", "[edge]") {
  auto federation = nano::federation("fedavg");
  for (auto& client : federation.split) client.test.clear();
  const auto spread = spread_of(score_everyone(federation, 0, nullptr));
  CHECK(std::isnan(spread.mean));
}

TEST_CASE("quantiles are NumPy's linear ones, the deviation is the population's", "[edge]") {
  std::vector<Score> scores;
  for (const double accuracy : {0.9, 0.1, 0.4, 0.6}) scores.push_back({0, 10, accuracy, 1});
  const auto spread = spread_of(scores);
  CHECK(std::abs(spread.mean - 0.5) < 1e-15);
  CHECK(std::abs(spread.std - std::sqrt((0.16 + 0.16 + 0.01 + 0.01) / 4)) < 1e-15);
  CHECK(std::abs(spread.p10 - 0.19) < 1e-15);
  CHECK(std::abs(spread.median - 0.5) < 1e-15);
  CHECK(std::abs(spread.p90 - 0.81) < 1e-15);
}

TEST_CASE("before_merge scores the sampled with their own rows, the others with what the round began with", "[edge]") {
  const Set timing = {"evaluation.when=before_merge", "training.cohort=2", "rounds=1"};
  auto federation = nano::federation("fedavg", timing);
  const auto cohort = sample_cohort(federation, 0);
  REQUIRE(cohort.size() == 2);
  const auto before = score_everyone(federation, 0, nullptr);
  RoundRecord record;
  record.round = 1;
  record.cohort = cohort;
  train_cohort(federation, record, true, nullptr, [](double) {});
  score_the_rest(federation, record, nullptr);
  REQUIRE(record.scores.size() == 4);
  for (std::int64_t client = 0; client < 4; ++client) {
    CHECK(record.scores[client].client == client);
    const bool sampled = std::find(cohort.begin(), cohort.end(), client) != cohort.end();
    CHECK((record.scores[client].loss == before[client].loss) == !sampled);
    if (!sampled) continue;
    auto alone = nano::federation("fedavg", {"rounds=1"});  // its own rows: a federation of it alone, after its round
    for (std::int64_t other = 0; other < 4; ++other) {
      if (other != client) alone.split[other].train.clear();
    }
    CHECK(std::abs(score_everyone(played(alone), 1, nullptr)[client].loss - record.scores[client].loss) < 1e-12);
  }
}

TEST_CASE("rounds that are not on the disk yet are saved when the run is ended, at whatever moment", "[edge]") {
  const Set rounds = {"rounds=5", "checkpoint.every_rounds=50", "training.cohort=0.5"};
  const auto straight = nano::ran("apfl", rounds);
  for (const double moment : {0.3, 0.6, 1.0}) {  // in its turns, when they are done, when it is whole
    const Folder folder;
    std::atomic<bool> stop = false;
    auto first = nano::federation("apfl", rounds);
    const auto tell = [&](const Progress& progress) { stop = progress.round == 3 && progress.done >= moment; };
    CHECK_THROWS_AS(run(first, {folder.path, false, &stop, tell}), Error);
    CHECK(checkpoint_facts(folder.path / "checkpoint")->rounds_done == (moment < 0.5 ? 2 : 3));
    auto second = nano::federation("apfl", rounds);
    run(second, {folder.path, true, nullptr, {}});
    CHECK(nano::difference(straight, second) == 0);
    CHECK(at::equal(straight.store.row("twin", 0), second.store.row("twin", 0)));
  }
}

TEST_CASE("a run that is ended in its first round leaves a checkpoint to go on from", "[edge]") {
  const Folder folder;
  const std::atomic<bool> stop = true;
  auto first = nano::federation("apfl"), second = nano::federation("apfl");
  CHECK_THROWS_AS(run(first, {folder.path, false, &stop, {}}), Error);
  CHECK(checkpoint_facts(folder.path / "checkpoint")->rounds_done == 0);
  run(second, {folder.path, true, nullptr, {}});
  CHECK(nano::difference(nano::ran("apfl"), second) == 0);
}

TEST_CASE("what is not finite scores nothing, and is not merged", "[edge]") {
  auto federation = nano::federation("fedavg", {"server.optimizer.lr=0.5"});
  Uploads mean;
  mean.add(at::full_like(federation.server.shared, std::numeric_limits<double>::infinity()), {1.0});
  CHECK_THROWS_AS(merge(federation, mean), Diverged);
  federation.server.shared.fill_(std::numeric_limits<double>::quiet_NaN());
  for (const auto& one : score_clients(federation, {0, 1, 2, 3}, 0, nullptr)) CHECK(one.accuracy == 0);
}

TEST_CASE("a damaged checkpoint is exit 4 and says what", "[edge]") {
  const Set rounds = {"rounds=2"}, more = {"rounds=3"};
  const Folder folder;
  auto federation = nano::federation("apfl", rounds);
  run(federation, {folder.path, false, nullptr, {}});
  const auto state = folder.path / "checkpoint" / "state.json", history = folder.path / "rounds.jsonl";
  const auto good_state = read_whole(state, Exit::data), good_history = read_whole(history, Exit::data);
  write_whole(history, good_history.substr(0, good_history.find('\n') + 1));
  CHECK(refused(folder.path, more).find("rounds.jsonl") != std::string::npos);
  write_whole(history, "garbage\n" + good_history);
  CHECK(refused(folder.path, more).find("rounds.jsonl:1") != std::string::npos);
  write_whole(history, good_history);
  auto bad = good_state;
  bad.replace(bad.find("\"0\":"), 4, "\"x\":");
  write_whole(state, bad);
  CHECK(refused(folder.path, more).find("state.json") != std::string::npos);
  write_whole(state, good_state);
  const auto server = folder.path / "checkpoint" / "server-0000-round-000002.safetensors";
  const auto good_server = read_whole(server, Exit::data);
  write_safetensors(server, {{"other", at::zeros({3})}});
  CHECK(refused(folder.path, more).find("server-0000") != std::string::npos);
  auto flipped = good_server;
  flipped.back() ^= 1;
  write_whole(server, flipped);
  CHECK(refused(folder.path, more).find("is not what was written") != std::string::npos);
  write_whole(server, good_server);
  CHECK(refused(folder.path, {"rounds=3", "seed=4"}).find("began with other initial weights") != std::string::npos);
  CHECK(refused(folder.path, {"rounds=3", "data.split.alpha=2"}).find("began with other samples, or other clients") !=
        std::string::npos);
  CHECK(refused(folder.path, more).empty());
}
