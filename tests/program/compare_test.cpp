// Studies: what they leave, what is kept, and what is said of wrong ones.
#include "tests/program/study.hpp"

namespace graft::tests {

namespace {

using nlohmann::json;

void add_big_endian(std::string& to, std::uint32_t number) {
  for (const int shift : {24, 16, 8, 0}) to += char(number >> shift);
}

// 64 samples of 8 x 8 pixels in four classes, in idx format; `first`: the first pixel.
void write_idx(const Folder& folder, unsigned char first) {
  std::string images, labels;
  for (const std::uint32_t number : {0x803U, 64U, 8U, 8U}) add_big_endian(images, number);
  for (const std::uint32_t number : {0x801U, 64U}) add_big_endian(labels, number);
  for (int i = 0; i < 64 * 64; ++i) images += char(i == 0 ? first : (i * 37 + i / 64 * 11) % 251);
  for (int i = 0; i < 64; ++i) labels += char(i % 4);
  folder.write("images", images);
  folder.write("labels", labels);
}

}  // namespace

TEST_CASE("compare: a study leaves its runs, a table, CSV, Markdown; the same command trains nothing again") {
  const Folder folder;
  write_study(folder);
  const auto first = folder.graft({"compare", "study.toml"});
  INFO(first.err);
  REQUIRE(first.status == 0);
  CHECK(folder.names("runs/study") == std::vector<std::string>{"FedAvg-seed-1", "FedAvg-seed-2", "Local-seed-1", "Local-seed-2",
                                                               "comparison.csv", "comparison.html", "comparison.json",
                                                               "comparison.md", "comparison.tex", "pairs.csv", "study.json"});
  CHECK(first.out.find("study: 2 variants, seeds 1, 2\n") == 0);
  CHECK(first.out.find("\n  Local ") != std::string::npos);
  CHECK(first.err.find("4 of 4: Local, seed 2: ") != std::string::npos);
  const auto csv = folder.read("runs/study/comparison.csv"), rounds = folder.read("runs/study/Local-seed-2/rounds.jsonl"),
             log = folder.read("runs/study/Local-seed-2/run.log");
  CHECK(lines_in(csv) == 3);
  CHECK(lines_in(folder.read("runs/study/pairs.csv")) == 2);
  const auto again = folder.graft({"compare", "study.toml"});
  REQUIRE(again.status == 0);
  CHECK(again.out == first.out);
  CHECK(folder.read("runs/study/comparison.csv") == csv);
  CHECK(folder.read("runs/study/Local-seed-2/rounds.jsonl") == rounds);
  CHECK(folder.read("runs/study/Local-seed-2/run.log") == log);
  CHECK(folders_of(folder, "runs/study").size() == 4);
}

TEST_CASE("compare: a run of a study is the run of its manifest") {
  const Folder folder;
  write_study(folder, "", "seed = 5\n");
  REQUIRE(folder.graft({"compare", "study.toml", "--quiet", "--out", "s"}).status == 0);
  REQUIRE(folder.graft({"run", "small.toml", "--set", "strategy.use=local", "--set", "seed=5", "--out", "alone"}).status == 0);
  check_same_run(folder, "s/Local-seed-5", "alone");
}

TEST_CASE("compare: what runs warn of is said, each warning once") {
  const Folder folder;
  write_study(folder, "", "backbone.freeze = [\"!module\"]\n");
  const auto outcome = folder.graft({"compare", "study.toml"});
  INFO(outcome.err);
  REQUIRE(outcome.status == 0);
  const auto warning = "1 of 2: FedAvg, seed 0: warning: nothing is trained";
  CHECK(outcome.err.find(warning) != std::string::npos);
  CHECK(outcome.err.find("nothing is trained") == outcome.err.rfind("nothing is trained"));
  CHECK(folder.graft({"compare", "study.toml", "--quiet", "--out", "quiet"}).err.empty());
}

TEST_CASE("compare: several manifests, one manifest, --json and --quiet") {
  const Folder folder;
  write_study(folder);
  folder.write("deep/small.toml", folder.read("small.toml"));
  const auto both = folder.graft({"compare", "small.toml", "deep/small.toml", "--set", "rounds=1", "--json"});
  INFO(both.err);
  REQUIRE(both.status == 0);
  CHECK(lines_in(both.out) == 1);
  const auto object = json::parse(both.out);
  CHECK(object.at("name") == "small-vs-small");
  CHECK(object.at("variants").at(1).at("variant") == "small-2");
  CHECK(object.at("variants").at(1).at("difference") == 0);
  const auto quiet = folder.graft({"compare", "small.toml", "--set", "rounds=1", "--quiet"});
  CHECK(quiet.status == 0);
  CHECK((quiet.out + quiet.err).empty());
  CHECK(folders_of(folder, "runs/small-comparison") == std::vector<std::string>{"small-seed-0"});
}

TEST_CASE("compare: another setting gets folders of its own, and going back finds the old runs") {
  const Folder folder;
  write_study(folder, "", "seeds = [1]\n");
  REQUIRE(folder.graft({"compare", "study.toml", "--out", "s"}).status == 0);
  const auto before = folder.read("s/FedAvg-seed-1/summary.json"), table = folder.read("s/comparison.csv");
  const auto other = folder.graft({"compare", "study.toml", "--out", "s", "--set", "rounds=2"});
  REQUIRE(other.status == 0);
  CHECK(other.err.find(", in FedAvg-seed-1-2: 'rounds' is 2, and was 3") != std::string::npos);
  CHECK(folders_of(folder, "s") == std::vector<std::string>{"FedAvg-seed-1", "FedAvg-seed-1-2", "Local-seed-1", "Local-seed-1-2"});
  CHECK(folder.read("s/FedAvg-seed-1/summary.json") == before);
  REQUIRE(folder.graft({"compare", "study.toml", "--out", "s", "--set", "checkpoint.every_rounds=3"}).status == 0);
  CHECK(folder.read("s/comparison.csv") == table);
  CHECK(folders_of(folder, "s").size() == 4);
  const auto removed = fs::remove_all(folder / "s/FedAvg-seed-1");  // with -2 there, the first is free again
  CHECK(removed > 0);
  REQUIRE(folder.graft({"compare", "study.toml", "--out", "s"}).status == 0);
  CHECK(folders_of(folder, "s").size() == 4);
}

TEST_CASE("compare: a run whose checkpoint or records of rounds are damaged is run anew beside it") {
  const Folder folder;
  write_study(folder, "", "seeds = [1]\nrounds = 1\n");
  const Words command{"compare", "study.toml", "--out", "s"};
  const auto first = folder.graft(command);
  REQUIRE(first.status == 0);
  CHECK(json::parse(folder.read("s/study.json")).at("runs").at(1).at("folder") == "Local-seed-1");
  folder.write("s/Local-seed-1/checkpoint/state.json", "{");
  const auto again = folder.graft(command);
  INFO(again.err);
  CHECK(again.status == 0);
  CHECK(again.err.find(", in Local-seed-1-2: ") != std::string::npos);
  folder.write("s/FedAvg-seed-1/rounds.jsonl", "{\"round\":1,\"co");
  const auto third = folder.graft(command);
  CHECK(third.status == 0);
  CHECK(third.err.find(", in FedAvg-seed-1-2: its rounds.jsonl lacks rounds") != std::string::npos);
  CHECK(again.out.substr(0, again.out.find("stored")) == first.out.substr(0, first.out.find("stored")));
}

TEST_CASE("compare: a folder that holds something else is exit 2, and stays as it is") {
  const Folder folder;
  write_study(folder, "", "seeds = [1]\n");
  folder.write("notes/notes.txt", "mine");
  const auto notes = folder.graft({"compare", "study.toml", "--out", "notes"});
  CHECK(notes.status == 2);
  CHECK(notes.first_line() == "'notes' is there already, and is no comparison's folder");
  REQUIRE(folder.graft({"run", "small.toml", "--out", "run", "--set", "rounds=1"}).status == 0);
  CHECK(folder.graft({"compare", "study.toml", "--out", "run"}).first_line() == "'run' is there already, and holds a run");
  CHECK(folder.graft({"compare", "study.toml", "--out", "small.toml"}).status == 2);
  REQUIRE(folder.graft({"compare", "study.toml", "--out", "s", "--set", "rounds=1"}).status == 0);
  CHECK(folder.graft({"compare", "study.toml", "--out", "s", "--set", "name=other"}).first_line() ==
        "'s' holds the comparison 'study', expected 'other'");
  CHECK(folder.names("notes") == std::vector<std::string>{"notes.txt"});
}

TEST_CASE("compare: data changed by one byte is run anew, moved data is the same") {
  const Folder folder;
  write_study(folder, "", "seeds = [1]\nrounds = 1\n[data]\nsource = \"idx\"\npath = [\"images\", \"labels\"]\n");
  write_idx(folder, 1);
  const Words command{"compare", "study.toml", "--out", "s"};
  const auto first = folder.graft(command);
  INFO(first.err);
  REQUIRE(first.status == 0);
  write_idx(folder, 2);
  const auto changed = folder.graft(command);
  REQUIRE(changed.status == 0);
  CHECK(changed.err.find(", in Local-seed-1-2: the data's files are others") != std::string::npos);
  write_idx(folder, 1);
  for (const auto* file : {"images", "labels"}) folder.write(std::string("moved/") + file, folder.read(file));
  auto moved = command;
  moved.insert(moved.end(), {"--set", "data.path=[\"moved/images\", \"moved/labels\"]"});
  REQUIRE(folder.graft(moved).status == 0);
  CHECK(folders_of(folder, "s").size() == 4);
  auto missing = command;
  missing.insert(missing.end(), {"--set", "data.path=[\"nowhere\", \"labels\"]"});
  CHECK(folder.graft(missing).status == 4);
}

TEST_CASE("compare: what is wrong in a study is exit 2 before anything is run") {
  const Folder folder;
  write_study(folder, "[[variants]]\nname = \"typo\"\ntrainig.epochs = 2\n");
  const auto outcome = folder.graft({"compare", "study.toml"});
  CHECK(outcome.status == 2);
  CHECK(outcome.first_line() == "study.toml:11:1: unknown key 'trainig' in a variant, did you mean 'training'?");
  CHECK(folder.names() == std::vector<std::string>{"small.toml", "study.toml"});
  CHECK(folder.graft({"run", "study.toml"}).first_line() ==
        "study.toml:1:1: 'base' makes this a study, expected a manifest; 'graft compare' runs studies");
  CHECK(folder.graft({"compare"}).first_line() == "graft compare: S is required");
  CHECK(folder.graft({"compare", "none.toml"}).first_line() == "cannot read 'none.toml': No such file or directory");
}

TEST_CASE("compare: an option that only a plugin knows is refused at its place, and fails its variant alone") {
  const Folder folder;
  write_study(folder, "[[variants]]\nname = \"odd\"\nstrategy.alfa = 1\n", "seeds = [1]\nrounds = 1\n");
  const auto outcome = folder.graft({"compare", "study.toml"});
  CHECK(outcome.status == 2);
  CHECK(outcome.err.find("odd, seed 1: failed: study.toml:12:17: ") != std::string::npos);
  CHECK(outcome.err.find("\n1 run failed: odd, seed 1: study.toml:12:17: ") != std::string::npos);
  CHECK(folders_of(folder, "runs/study") == std::vector<std::string>{"FedAvg-seed-1", "Local-seed-1"});
}

}  // namespace graft::tests
