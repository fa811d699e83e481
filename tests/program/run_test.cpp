// A run: its folder, its files, its output; ended, and gone on with.
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "tests/program/program.hpp"

namespace graft::tests {

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

void wait_for_rounds(const Folder& folder, const std::string& file, std::size_t rounds) {
  for (int tries = 0; tries < 6000 && lines_of(folder.read(file)).size() < rounds; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void check_same_file(const Folder& folder, const fs::path& one, const fs::path& other) {
  INFO(one.string());
  CHECK(folder.read(one.string()) == folder.read(other.string()));
}

void check_same_files(const Folder& folder, const std::string& one, const std::string& other) {
  REQUIRE(folder.names(one) == folder.names(other));
  REQUIRE(folder.names(one).size() > 1);
  for (const auto& name : folder.names(one)) check_same_file(folder, fs::path(one) / name, fs::path(other) / name);
}

}  // namespace

TEST_CASE("a run leaves its files, a line a round and a table") {
  const Folder folder;
  const auto outcome = folder.graft({"run", folder.manifest()});
  INFO(outcome.err);
  REQUIRE(outcome.status == 0);
  CHECK(folder.names("runs/small") == std::vector<std::string>{"checkpoint", "clients.csv", "data.json", "manifest.toml",
                                                               "report.html", "rounds.jsonl", "run.log", "summary.json"});
  const auto said = lines_of(outcome.err);
  REQUIRE(said.size() == 4);
  CHECK(said[0].find("small: fedavg, 2 of 4 clients a round, 3 rounds, cpu, ") == 0);
  CHECK(said[3].find("round 3/3: accuracy ") == 0);
  const auto table = lines_of(outcome.out);
  CHECK(table.at(0) == "small: fedavg, 3 rounds, seed 0, cpu fp32");
  CHECK(table.back() == "  run         runs/small");
  CHECK(outcome.out.find('\x1b') == std::string::npos);
}

TEST_CASE("runs of one name get folders of their own, a named folder that is there is refused") {
  const Folder folder;
  const auto manifest = folder.manifest("fedavg", "");
  REQUIRE(folder.graft({"run", manifest, "--set", "rounds=1"}).status == 0);
  REQUIRE(folder.graft({"run", manifest, "--set", "rounds=1"}).status == 0);
  CHECK(folder.names("runs") == std::vector<std::string>{"small", "small-2"});
  const auto refused = folder.graft({"run", manifest, "--out", "runs/small"});
  CHECK(refused.status == 2);
  CHECK(refused.first_line() == "'runs/small' is there already");
  folder.write("other/notes.txt", "mine");
  CHECK(folder.graft({"run", manifest, "--out", "other"}).first_line() == "'other' is there already, and is no run's folder");
  CHECK(folder.graft({"run", manifest, "--out", "other", "--resume"}).first_line() ==
        "'other' is no run's folder: it has no manifest.toml");
  CHECK(folder.names("other") == std::vector<std::string>{"notes.txt"});
}

TEST_CASE("a run that fails before its first checkpoint leaves nothing behind") {
  const Folder folder;
  const auto outcome = folder.graft({"run", folder.manifest(), "--set", "training.optimizer.lr=1e30"});
  CHECK(outcome.status == 5);
  CHECK(outcome.first_line().find("small: ") == 0);
  CHECK(outcome.err.find("diverged in round 1 under strategy 'fedavg'") != std::string::npos);
  CHECK(outcome.err.find("often helps, in a new run") != std::string::npos);
  CHECK(outcome.err.find("--resume") == std::string::npos);
  CHECK(folder.names("runs").empty());
}

TEST_CASE("there may be nothing to resume, or nothing to train: both are said") {
  const Folder folder;
  const auto manifest = folder.manifest("fedavg", "");
  const auto outcome = folder.graft({"run", manifest, "--out", "new", "--resume", "--set", "rounds=1", "--set",
                                     "training.batch=9999", "--set", "training.drop_last=true"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.find("there is nothing to resume in 'new': beginning anew") != std::string::npos);
  CHECK(outcome.err.find("no client made a step in round 1: nothing was trained") != std::string::npos);
}

TEST_CASE("quiet says nothing, --json prints a line a round and the summary") {
  const Folder folder;
  const auto manifest = folder.manifest();
  const auto quiet = folder.graft({"run", manifest, "--quiet", "--out", "quiet"});
  CHECK(quiet.status == 0);
  CHECK((quiet.out + quiet.err).empty());
  const auto json = folder.graft({"run", manifest, "--json", "--out", "json"});
  REQUIRE(json.status == 0);
  const auto lines = lines_of(json.out);
  REQUIRE(lines.size() == 4);
  for (std::size_t round = 1; round <= 3; ++round) CHECK(nlohmann::json::parse(lines[round - 1]).at("round") == round);
  const auto summary = nlohmann::json::parse(lines[3]);
  CHECK(summary == nlohmann::json::parse(folder.read("json/summary.json")));
  CHECK(summary.at("clients").size() == 4);
  CHECK(lines_of(folder.read("json/rounds.jsonl")).size() == 3);
}

TEST_CASE("a finished run is gone on with by showing it") {
  const Folder folder;
  const auto manifest = folder.manifest();
  REQUIRE(folder.graft({"run", manifest}).status == 0);
  const auto before = folder.read("runs/small/summary.json");
  const auto again = folder.graft({"run", manifest, "--resume"});
  CHECK(again.status == 0);
  CHECK(again.first_line() == "the run in 'runs/small' is finished, all 3 rounds of it");
  CHECK(lines_of(again.out).at(0) == "small: fedavg, 3 rounds, seed 0, cpu fp32");
  CHECK(folder.read("runs/small/summary.json") == before);
  CHECK(folder.names("runs") == std::vector<std::string>{"small"});
}

TEST_CASE("a run goes on only with its own manifest, but for more rounds") {
  const Folder folder;
  const auto manifest = folder.manifest();
  REQUIRE(folder.graft({"run", manifest, "--out", "run", "--set", "rounds=2"}).status == 0);
  const auto other = folder.graft({"run", manifest, "--out", "run", "--resume", "--set", "training.batch=4"});
  CHECK(other.status == 2);
  CHECK(other.first_line() == "--set training.batch=4: 'training.batch' is 4, but 8 in the run that is to go on, 'run'");
  CHECK(folder.graft({"run", manifest, "--out", "run", "--resume", "--set", "rounds=1"}).status == 2);
  REQUIRE(folder.graft({"run", manifest, "--out", "run", "--resume"}).status == 0);
  REQUIRE(folder.graft({"run", manifest, "--out", "straight"}).status == 0);
  REQUIRE(folder.graft({"export", "run", "--out", "a"}).status == 0);
  REQUIRE(folder.graft({"export", "straight", "--out", "b"}).status == 0);
  CHECK(folder.read("a/shared.safetensors") == folder.read("b/shared.safetensors"));
  CHECK(lines_of(folder.read("run/rounds.jsonl")).size() == 3);
}

TEST_CASE("a run whose terminal hangs up writes its checkpoint, and nohup keeps it running") {
  const Folder folder;
  const auto manifest = folder.manifest();
  auto program = folder.start({"run", manifest, "--set", "rounds=200", "--out", "ended"});
  wait_for_rounds(folder, "ended/rounds.jsonl", 2);
  for (int i = 0; i < 2; ++i) kill(program, SIGHUP);
  const auto ended = folder.end(program);
  INFO(ended.err);
  CHECK(ended.status == 130);
  CHECK(ended.err.find("; go on with: graft run small.toml ") != std::string::npos);
  signal(SIGHUP, SIG_IGN);
  program = folder.start({"run", manifest, "--set", "rounds=6", "--out", "kept"});
  signal(SIGHUP, SIG_DFL);
  wait_for_rounds(folder, "kept/rounds.jsonl", 2);
  kill(program, SIGHUP);
  CHECK(folder.end(program).status == 0);
}

TEST_CASE("a run that Ctrl-C ended goes on to the bits of a straight one") {
  const Folder folder;
  const auto manifest = folder.manifest("fedperfix");
  const Words command{"run", manifest, "--set", "rounds=24"};
  auto ended = command, resumed = command, straight = command;
  ended.insert(ended.end(), {"--out", "ended"});
  resumed.insert(resumed.end(), {"--out", "ended", "--resume"});
  straight.insert(straight.end(), {"--out", "straight"});
  const auto program = folder.start(ended);
  wait_for_rounds(folder, "ended/rounds.jsonl", 2);
  kill(program, SIGINT);
  const auto outcome = folder.end(program);
  INFO(outcome.err);
  REQUIRE(outcome.status == 130);
  CHECK(outcome.err.find("; go on with: graft run small.toml --set rounds=24 --out ended --resume\n") != std::string::npos);
  CHECK(lines_of(folder.read("ended/rounds.jsonl")).size() < 24);
  REQUIRE(folder.graft(resumed).status == 0);
  REQUIRE(folder.graft(straight).status == 0);
  REQUIRE(folder.graft({"export", "ended", "--out", "a"}).status == 0);
  REQUIRE(folder.graft({"export", "straight", "--out", "b"}).status == 0);
  check_same_files(folder, "a", "b");
  CHECK(folder.read("ended/clients.csv") == folder.read("straight/clients.csv"));
}

TEST_CASE("two programs do not write into one run") {
  const Folder folder;
  const auto manifest = folder.manifest();
  const auto program = folder.start({"run", manifest, "--set", "rounds=2000", "--out", "run"});
  wait_for_rounds(folder, "run/rounds.jsonl", 1);
  const Folder elsewhere;
  elsewhere.manifest();
  const auto second =
      elsewhere.graft({"run", "small.toml", "--out", (folder / "run").string(), "--resume", "--set", "rounds=2000"});
  CHECK(second.status == 2);
  CHECK(second.first_line() == "'" + (folder / "run").string() + "': another graft is at work there right now");
  kill(program, SIGTERM);
  CHECK(folder.end(program).status == 130);
}

}  // namespace graft::tests
