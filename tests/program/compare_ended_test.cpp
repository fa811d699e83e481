// Studies that something ended: Ctrl-C, kill, a plugin; and gone on with.
#include <csignal>
#include <fstream>
#include <sstream>

#include "tests/program/study.hpp"

namespace graft::tests {

namespace {

using nlohmann::json;

// The processes that `parent` has started.
std::vector<pid_t> children_of(pid_t parent) {
  std::ifstream list("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children");
  std::vector<pid_t> children;
  for (pid_t one = 0; list >> one;) children.push_back(one);
  return children;
}

bool is_running(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/stat");
  std::string number, name, state;
  return bool(status >> number >> name >> state) && state != "Z";
}

Words cells_of(const std::string& line) {
  std::istringstream text(line);
  Words cells;
  for (std::string cell; std::getline(text, cell, ',');) cells.push_back(cell);
  return cells;
}

// A table without the columns of time and memory, which no two runs share.
std::vector<Words> unmeasured(const std::string& csv) {
  std::istringstream text(csv);
  std::vector<Words> rows;
  for (std::string line; std::getline(text, line);) rows.push_back(cells_of(line));
  const auto heads = rows.at(0);
  for (auto& row : rows) {
    REQUIRE(row.size() == heads.size());
    std::size_t column = 0;
    std::erase_if(row, [&](const std::string&) {
      const auto& head = heads[column++];
      return head.find("seconds") != std::string::npos || head.find("memory") != std::string::npos;
    });
    REQUIRE(row.size() == heads.size() - 4);
  }
  return rows;
}

void set_faulty_plugins(bool on) {
  const auto folder = fs::read_symlink("/proc/self/exe").parent_path() / "../lib/faulty";
  on ? setenv("GRAFT_PLUGIN_PATH", folder.lexically_normal().c_str(), 1) : unsetenv("GRAFT_PLUGIN_PATH");
}

}  // namespace

TEST_CASE("compare: Ctrl-C writes the checkpoint, says how to go on, and going on comes to the same bits") {
  const Folder folder;
  write_study(folder);
  const Words command{"compare", "study.toml", "--set", "rounds=24", "--out", "s"};
  const auto program = folder.start(command);
  wait_for_rounds(folder, "s/Local-seed-1/rounds.jsonl", 2);
  kill(program, SIGINT);
  const auto ended = folder.end(program);
  INFO(ended.err);
  REQUIRE(ended.status == 130);
  CHECK(ended.err.find("interrupted; go on with: graft compare study.toml --set rounds=24 --out s\n") != std::string::npos);
  CHECK(ended.out.find("interrupted: Local, seed 1\n") != std::string::npos);
  CHECK(ended.out.find("missing: FedAvg, seed 2\n") != std::string::npos);
  CHECK(lines_in(folder.read("s/comparison.csv")) == 3);
  CHECK(folder.read("s/Local-seed-1/summary.json").empty());
  REQUIRE(folder.graft(command).status == 0);
  CHECK(folder.read("s/Local-seed-1/run.log").find("going on after round ") != std::string::npos);
  auto straight = command;
  straight.back() = "straight";
  REQUIRE(folder.graft(straight).status == 0);
  for (const auto& name : folders_of(folder, "s")) check_same_run(folder, "s/" + name, "straight/" + name);
}

TEST_CASE("compare: two runs at once end together at Ctrl-C, and come to the bits of one after the other") {
  const Folder folder;
  write_study(folder);
  // So many that neither is done before the other has begun, whatever else the machine does.
  const Words command{"compare", "study.toml", "--set", "rounds=60", "--jobs", "2", "--out", "s"};
  const auto program = folder.start(command);
  wait_for_rounds(folder, "s/FedAvg-seed-1/rounds.jsonl", 2);
  wait_for_rounds(folder, "s/Local-seed-1/rounds.jsonl", 2);
  CHECK(children_of(program).size() == 2);
  kill(program, SIGINT);
  const auto ended = folder.end(program);
  INFO(ended.err);
  REQUIRE(ended.status == 130);
  CHECK(ended.err.find("interrupted; go on with: graft compare study.toml --set rounds=60 --jobs 2 --out s\n") !=
        std::string::npos);
  for (const auto* name : {"FedAvg", "Local"}) {
    CHECK(ended.out.find("interrupted: " + std::string(name) + ", seed 1\n") != std::string::npos);
  }
  const auto again = folder.graft(command);
  REQUIRE(again.status == 0);
  CHECK(again.err.starts_with("study: 4 runs, in s\n"));
  CHECK(lines_in(again.err) == 1 + 4);  // and a line a run
  REQUIRE(folder.graft({"compare", "study.toml", "--set", "rounds=60", "--out", "straight"}).status == 0);
  for (const auto& name : folders_of(folder, "straight")) check_same_run(folder, "s/" + name, "straight/" + name);
}

TEST_CASE("compare: a run that somebody else interrupts is no end of the study, and an old table stays") {
  const Folder folder;
  write_study(folder, "", "seeds = [1]\n");
  const Words command{"compare", "study.toml", "--out", "s"};
  REQUIRE(folder.graft(command).status == 0);
  const auto table = folder.read("s/comparison.csv");
  folder.write("study.toml", folder.read("study.toml") + "[[variants]]\nname = \"Long\"\nrounds = 40\nstrategy.use = \"local\"\n");
  const auto program = folder.start(command);
  wait_for_rounds(folder, "s/Long-seed-1/rounds.jsonl", 1);
  for (const auto child : children_of(program)) kill(child, SIGTERM);
  const auto ended = folder.end(program);
  INFO(ended.err);
  CHECK(ended.status == 130);
  CHECK(ended.out.find("interrupted: Long, seed 1\n") != std::string::npos);
  CHECK(folder.read("s/comparison.csv") == table);
  REQUIRE(folder.graft(command).status == 0);
  CHECK(lines_in(folder.read("s/comparison.csv")) == 4);
}

TEST_CASE("compare: killed runs, and the killed program, leave nothing running and go on to the same bits") {
  const Folder folder;
  write_study(folder, "", "seeds = [1]\n");
  const Words command{"compare", "study.toml", "--set", "rounds=40", "--out", "s"};
  auto program = folder.start(command);
  wait_for_rounds(folder, "s/FedAvg-seed-1/rounds.jsonl", 1);
  kill(program, SIGKILL);  // in its very first run
  CHECK(folder.end(program).status == 128 + SIGKILL);
  const auto done = lines_in(folder.read("s/FedAvg-seed-1/rounds.jsonl"));
  program = folder.start(command);
  wait_for_rounds(folder, "s/FedAvg-seed-1/rounds.jsonl", done + 1);
  for (const auto child : children_of(program)) kill(child, SIGKILL);  // a variant's process: the study goes on
  const auto past = folder.end(program);
  INFO(past.err);
  CHECK(past.status == 5);
  CHECK(past.err.find("FedAvg, seed 1: failed: the process was ended by SIGKILL") != std::string::npos);
  CHECK(!folder.read("s/Local-seed-1/summary.json").empty());
  fs::remove_all(folder / "s/Local-seed-1");

  program = folder.start(command);
  wait_for_rounds(folder, "s/Local-seed-1/rounds.jsonl", 2);
  const auto children = children_of(program);
  REQUIRE(children.size() == 1);
  kill(program, SIGKILL);
  CHECK(folder.end(program).status == 128 + SIGKILL);
  for (int tries = 0; tries < 400 && is_running(children[0]); ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  CHECK(!is_running(children[0]));
  CHECK(folder.read("s/Local-seed-1/summary.json").empty());
  REQUIRE(folder.graft(command).status == 0);
  auto straight = command;
  straight.back() = "straight";
  REQUIRE(folder.graft(straight).status == 0);
  for (const auto& name : folders_of(folder, "s")) check_same_run(folder, "s/" + name, "straight/" + name);
  CHECK(unmeasured(folder.read("s/comparison.csv")) == unmeasured(folder.read("straight/comparison.csv")));
  CHECK(folder.read("s/pairs.csv") == folder.read("straight/pairs.csv"));
}

TEST_CASE("compare: what other settings came to is not known of these, while the study goes on and where it is interrupted") {
  const Folder folder;
  write_study(folder, "", "seeds = [1]\n");
  REQUIRE(folder.graft({"compare", "study.toml", "--out", "s"}).status == 0);
  const auto state_of_local = [&] { return json::parse(folder.read("s/study.json")).at("runs").at(1).at("state"); };
  CHECK(state_of_local() == "done");
  const auto program = folder.start({"compare", "study.toml", "--set", "rounds=2000", "--out", "s"});
  wait_for_rounds(folder, "s/FedAvg-seed-1-2/rounds.jsonl", 1);
  CHECK(state_of_local() == "missing");
  kill(program, SIGINT);
  CHECK(folder.end(program).err.starts_with("study: 2 runs, in s\n"));
  CHECK(state_of_local() == "missing");
}

TEST_CASE("compare: a variant whose plugin crashes, hangs, leaves or throws fails alone, and is tried again") {
  const Folder folder;
  const std::vector<std::string> names{"crashing_opening", "crashing_step", "exiting_step", "hanging_step", "throwing_step"};
  std::string faulty;
  for (const auto& name : names) {
    faulty += "[[variants]]\nname = \"" + name + "\"\nstrategy.use = \"" + name + "\"\n";
  }
  write_study(folder, faulty, "seeds = [1]\nplugins.hook_limit_s = 1\nrounds = 1\n");
  set_faulty_plugins(true);
  const Words command{"compare", "study.toml", "--out", "s"};
  const auto outcome = folder.graft(command);
  set_faulty_plugins(false);
  INFO(outcome.err);
  CHECK(outcome.status == 3);
  for (const auto* line : {"crashing_opening, seed 1: failed: plugin 'crashing_opening' crashed in opening",
                           "exiting_step, seed 1: failed: plugin 'exiting_step' called exit() in step (round 1, client",
                           "hanging_step, seed 1: failed: plugin 'hanging_step' hung in step (round 1, client",
                           "throwing_step, seed 1: failed: plugin 'throwing_step' failed in step (round 1, client",
                           "5 runs failed, the first of them crashing_opening, seed 1: plugin 'crashing_opening' crashed in"}) {
    INFO(line);
    CHECK(outcome.err.find(line) != std::string::npos);
  }
  CHECK(outcome.err.find("--resume") == std::string::npos);
  CHECK(outcome.out.find("failed: crashing_step, seed 1: plugin 'crashing_step' crashed in step") != std::string::npos);
  const auto study = json::parse(folder.read("s/study.json"));
  CHECK(study.at("runs").at(1).at("state") == "done");
  CHECK(study.at("runs").at(3).at("status") == 3);
  for (const auto& name : names) folder.write("plugins/" + name + ".so", "");  // still none that works: tried again, said anew
  setenv("GRAFT_PLUGIN_PATH", (folder / "plugins").c_str(), 1);
  const auto again = folder.graft(command);
  unsetenv("GRAFT_PLUGIN_PATH");
  CHECK(again.err.find("1 of 7: FedAvg, seed 1: ") != std::string::npos);
  CHECK(again.err.find("done before") != std::string::npos);
  CHECK(again.err.find("hanging_step, seed 1: failed: ") != std::string::npos);
  CHECK(again.err.find("hook_limit_s") == std::string::npos);
}

TEST_CASE("compare: two programs do not work on one study") {
  const Folder folder;
  write_study(folder, "", "seeds = [1]\n");
  const auto program = folder.start({"compare", "study.toml", "--set", "rounds=2000", "--out", "s"});
  wait_for_rounds(folder, "s/FedAvg-seed-1/rounds.jsonl", 1);
  const Folder elsewhere;
  write_study(elsewhere, "", "seeds = [1]\n");
  const auto second = elsewhere.graft({"compare", "study.toml", "--out", (folder / "s").string()});
  CHECK(second.status == 2);
  CHECK(second.first_line() == "'" + (folder / "s").string() + "': another graft is at work there right now");
  kill(program, SIGTERM);
  CHECK(folder.end(program).status == 130);
}

}  // namespace graft::tests
