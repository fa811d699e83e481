// Pages of runs and studies, on the disk and served; what a study has before it; grids; curves for TensorBoard.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include "tests/program/study.hpp"

namespace graft::tests {

namespace {

using nlohmann::json;

// A connection to this machine's port.
int connected(int port) {
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(std::uint16_t(port));
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(connect(connection, reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0);
  return connection;
}

// One that has asked for `target`.
int asked(int port, const std::string& target, const std::string& host = "127.0.0.1") {
  const int connection = connected(port);
  const auto request = "GET " + target + " HTTP/1.1\r\nHost: " + host + ":" + std::to_string(port) + "\r\n\r\n";
  REQUIRE(write(connection, request.data(), request.size()) == ssize_t(request.size()));
  return connection;
}

// What comes until the other end has said all, or `until` is in it.
std::string heard(int connection, const std::string& until = "") {
  std::string text;
  char part[4096];
  for (ssize_t count = 0; (count = read(connection, part, sizeof part)) > 0;) {
    text.append(part, std::size_t(count));
    if (!until.empty() && text.find(until) != std::string::npos) break;
  }
  close(connection);
  return text;
}

std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

// The port that a program says it listens at, in the file of what it prints.
int port_in(const Folder& folder, const std::string& stream) {
  const auto name = "../" + (folder / ".").parent_path().filename().string() + stream;
  for (int tries = 0; tries < 2000; ++tries) {
    const auto text = folder.read(name);
    const auto at = text.find("http://127.0.0.1:");
    if (at != std::string::npos && text.find('/', at + 17) != std::string::npos) return std::stoi(text.substr(at + 17));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return 0;
}

// graft watch at work in a folder.
struct Watching {
  const Folder& folder;
  pid_t program;
  int port;

  Watching(const Folder& in, const std::string& name)
      : folder(in), program(in.start({"watch", name, "--port", "0"})), port(port_in(in, ".out")) {
    REQUIRE(port > 0);
  }
  void end() const {
    kill(program, SIGINT);
    CHECK(folder.end(program).status == 0);
  }
};

}  // namespace

TEST_CASE("pages: a study and each of its runs have one, with all that they draw in it") {
  const Folder folder;
  write_study(folder);
  REQUIRE(folder.graft({"compare", "study.toml", "--quiet", "--out", "s"}).status == 0);
  const auto page = folder.read("s/comparison.html");
  CHECK(page.starts_with("<!DOCTYPE html>"));
  CHECK(page.find("\"baseline\":\"FedAvg\"") != std::string::npos);
  const auto report = folder.read("s/Local-seed-2/report.html");
  CHECK(report.find("\"name\":\"Local\"") != std::string::npos);
  CHECK(report.find("\"counts\":[") != std::string::npos);
  CHECK(folder.read("s/comparison.tex").find("\\toprule") != std::string::npos);
  CHECK(json::parse(folder.read("s/comparison.json")).at("variants").size() == 2);
}

TEST_CASE("watch: serves a run's page and its data, tells of what is new, and refuses strange names") {
  const Folder folder;
  folder.manifest();
  REQUIRE(folder.graft({"run", "small.toml", "--quiet", "--out", "r"}).status == 0);
  const Watching watching(folder, "r");
  const int port = watching.port;
  CHECK(heard(asked(port, "/")).find("<!DOCTYPE html>") != std::string::npos);
  const auto data = json::parse(body_of(heard(asked(port, "/data.json"))));
  CHECK(data.at("variants").at(0).at("runs").at(0).at("curve").at("round").size() == 3);
  CHECK(heard(asked(port, "/nothing")).find("404") != std::string::npos);
  CHECK(heard(asked(port, "/data.json", "evil.example")).find("403") != std::string::npos);
  CHECK(heard(asked(port, "/events"), "\n\n").find("data: 3 rounds, done") != std::string::npos);
  watching.end();
}

TEST_CASE("watch: a run shows itself while it goes on, and its page ends with it") {
  const Folder folder;
  folder.manifest();
  const auto program = folder.start({"run", "small.toml", "--set", "rounds=400", "--watch", "--out", "r"});
  const int port = port_in(folder, ".err");
  REQUIRE(port > 0);
  wait_for_rounds(folder, "r/rounds.jsonl", 2);
  const auto rounds = [&] {
    return json::parse(body_of(heard(asked(port, "/data.json"))))
        .at("variants")
        .at(0)
        .at("runs")
        .at(0)
        .at("curve")
        .at("round")
        .size();
  };
  const auto before = rounds();
  CHECK(before >= 2);
  wait_for_rounds(folder, "r/rounds.jsonl", before + 3);
  CHECK(rounds() > before);
  kill(program, SIGINT);
  CHECK(folder.end(program).status == 130);
}

TEST_CASE("watch: those who ask for nothing, or stay for ever, hold up nobody") {
  const Folder folder;
  folder.manifest();
  REQUIRE(folder.graft({"run", "small.toml", "--quiet", "--out", "r"}).status == 0);
  const Watching watching(folder, "r");
  const int port = watching.port;
  const int silent = connected(port), staying = asked(port, "/events");
  CHECK(heard(asked(port, "/data.json")).find("200 OK") != std::string::npos);
  watching.end();
  for (const int connection : {silent, staying}) close(connection);
}

TEST_CASE("watch: a folder that is damaged meanwhile is an answer that says so, and the page is there again once it is whole") {
  const Folder folder;
  write_study(folder);
  REQUIRE(folder.graft({"compare", "study.toml", "--quiet", "--out", "s"}).status == 0);
  const Watching watching(folder, "s");
  const int port = watching.port;
  const auto whole = folder.read("s/study.json");
  folder.write("s/study.json", "{\"format\": 2, \"study\": ");
  const auto answer = heard(asked(port, "/data.json"));
  CHECK(answer.find("500 ") != std::string::npos);
  CHECK(answer.find("holds a study.json that is damaged") != std::string::npos);
  folder.write("s/study.json", whole);
  CHECK(heard(asked(port, "/data.json")).find("200 OK") != std::string::npos);
  watching.end();
}

TEST_CASE("watch: what is no folder of ours is exit 2, and a port that is taken") {
  const Folder folder;
  folder.manifest();
  const auto none = folder.graft({"watch", "nowhere"});
  CHECK(none.status == 2);
  CHECK(none.first_line().find("'nowhere' is no folder of a run or a comparison") != std::string::npos);
  REQUIRE(folder.graft({"run", "small.toml", "--quiet", "--out", "r"}).status == 0);
  const Watching watching(folder, "r");
  const auto port = std::to_string(watching.port);
  const Folder other;
  other.manifest();
  REQUIRE(other.graft({"run", "small.toml", "--quiet", "--out", "r"}).status == 0);
  const auto taken = other.graft({"watch", "r", "--port", port});
  CHECK(taken.status == 2);
  CHECK(taken.first_line().find("cannot listen on 127.0.0.1:" + port) != std::string::npos);
  watching.end();
}

TEST_CASE("compare --dry-run: says what is done and to do, and changes nothing") {
  const Folder folder;
  write_study(folder);
  const auto before = folder.names();
  const auto first = folder.graft({"compare", "study.toml", "--dry-run"});
  INFO(first.err);
  REQUIRE(first.status == 0);
  CHECK(first.out.starts_with("study: 4 runs, 4 to do, in runs/study\n"));
  CHECK(first.out.find("begins, 3 rounds") != std::string::npos);
  CHECK(first.out.find(" in all, one run after the other") != std::string::npos);
  CHECK(folder.names() == before);
  REQUIRE(folder.graft({"compare", "study.toml", "--quiet", "--set", "seeds=[1]"}).status == 0);
  const auto then = json::parse(folder.graft({"compare", "study.toml", "--dry-run", "--json"}).out);
  std::vector<std::string> states;
  for (const auto& run : then.at("runs")) states.push_back(run.at("state"));
  CHECK(states == std::vector<std::string>{"done", "begins", "done", "begins"});
  CHECK(then.at("runs").at(1).at("seconds").get<double>() > 0);
}

TEST_CASE("compare: what is wrong in a later variant is said before the first one is run") {
  const Folder folder;
  write_study(folder);
  const auto unknown = folder.graft({"compare", "study.toml", "--set", "variants.1.strategy.use=locl"});
  CHECK(unknown.status == 2);
  CHECK(unknown.first_line().find("unknown strategy 'locl', did you mean 'local'?") != std::string::npos);
  folder.write("pictures.toml", folder.read("study.toml") + "data = { source = \"images\", path = \"nowhere\" }\n");
  const auto nowhere = folder.graft({"compare", "pictures.toml"});
  CHECK(nowhere.status == 4);
  CHECK(nowhere.first_line().find("'data.path' is not there: ") != std::string::npos);
  CHECK(nowhere.first_line().starts_with("pictures.toml:"));
  CHECK(folder.names("runs").empty());
}

TEST_CASE("data: of a study, who has what in its first variant") {
  const Folder folder;
  write_study(folder);
  const auto outcome = folder.graft({"data", "study.toml"});
  INFO(outcome.err);
  REQUIRE(outcome.status == 0);
  CHECK(outcome.out.starts_with("of 'FedAvg', the first of 2 variants, with seed 1\n"));
  CHECK(outcome.out.find("\n  client  train  test  classes  entropy") != std::string::npos);
}

TEST_CASE("compare: a grid has a run for each combination") {
  const Folder folder;
  folder.manifest();
  folder.write("grid.toml",
               "base = \"small.toml\"\nrounds = 1\n[grid]\nstrategy.use = [\"fedavg\", \"local\"]\ntraining.epochs = [1, 2]\n");
  REQUIRE(folder.graft({"compare", "grid.toml", "--quiet"}).status == 0);
  CHECK(folders_of(folder, "runs/grid").size() == 4);
  CHECK(!folder.read("runs/grid/local epochs=2-seed-0/summary.json").empty());
}

TEST_CASE("run --tensorboard: an event file, and another where the run goes on") {
  const Folder folder;
  folder.manifest();
  const auto events = [&] {
    auto names = folder.names("r");
    std::erase_if(names, [](const std::string& name) { return !name.starts_with("events.out.tfevents."); });
    return names.size();
  };
  REQUIRE(folder.graft({"run", "small.toml", "--quiet", "--tensorboard", "--out", "r"}).status == 0);
  CHECK(events() == 1);
  REQUIRE(folder.graft({"run", "small.toml", "--quiet", "--tensorboard", "--out", "r", "--resume", "--set", "rounds=4"}).status ==
          0);
  CHECK(events() == 2);
}

}  // namespace graft::tests
