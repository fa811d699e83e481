// The verb: its options, what it prints, how it ends children that hang, and what plugins print gets into none of it.
#include <signal.h>

#include <catch2/generators/catch_generators.hpp>
#include <fstream>
#include <thread>

#include "tests/contract/checking.hpp"

namespace graft::tests {

namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

// How many have both words on their command line.
std::size_t processes_with(const std::string& word, const std::string& other) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    const std::string line(std::istreambuf_iterator<char>(file), {});
    count += line.find(word) != std::string::npos && line.find(other) != std::string::npos;
  }
  return count;
}

// What the list of plugins says of one that is searched first.
json listed_first(const std::string& id) {
  const Folder folder;
  fs::create_directory(folder / "plugins");
  fs::copy_file(library("broken", id), folder / "plugins" / (id + ".so"));
  setenv("GRAFT_PLUGIN_PATH", (folder / "plugins").c_str(), 1);
  const auto listed = folder.graft({"plugins", "--json"});
  unsetenv("GRAFT_PLUGIN_PATH");
  return json::parse(listed.out)[0];
}

}  // namespace

TEST_CASE("once a hook has hung, what has not begun is not tried") {
  const auto outcome = check(library("faulty", "hanging_step"), {"--limit", "1.5", "--json"});
  CHECK(outcome.status == 3);
  const auto all = json::parse(outcome.out);
  std::size_t hung = 0, left_out = 0;
  for (const auto& one : all["cases"]) {
    const auto why = one["why"].get<std::string>();
    if (one["status"] == "timed out") ++hung;
    if (one["status"] == "skipped" && why.starts_with("not tried: step hangs, see ") && why.ends_with("; --only tries it"))
      ++left_out;
  }
  CHECK((hung >= 1 && hung <= 4));
  CHECK(left_out >= 10);
  const auto alone = result_of(library("faulty", "hanging_step"), "fp64", {"--limit", "1.5"});
  CHECK_THAT(alone["why"].get<std::string>(), EndsWith(": it took longer than 1.5 s; no checkpoint was written yet"));
}

TEST_CASE("a file that is no plugin is refused in one line, unless a case or JSON is asked for") {
  const Folder folder;
  folder.write("README.md", "no library\n");
  const auto refused = folder.graft({"check", "README.md"});
  CHECK(refused.status == 3);
  CHECK(refused.out == "");
  CHECK(refused.first_line() == (folder / "README.md").string() + ": is no library: it does not begin as ELF files do");
  CHECK_THAT(check(library("faulty", "other_version"), {}).first_line(), ContainsSubstring("is a plugin for another host"));
  CHECK_THAT(folder.graft({"check", "README.md", "--only", "lanes-agree"}).out, StartsWith("lanes-agree             skipped\n"));
  CHECK(json::parse(folder.graft({"check", "README.md", "--json"}).out)["cases"].size() > 30);
}

TEST_CASE("what a plugin prints is no result") {
  require_failed(library("broken", "boasting"), {"boasting", "fp64", "failed in step (round 1, client"}, "failed");
  CHECK(result_of(library("broken", "talking"), "fp64")["status"] == "passed");
  CHECK(result_of(library("broken", "talking"), "fp64", {"--in-process"})["status"] == "passed");
}

TEST_CASE("a plugin that answers itself has crashed, and takes no other case with it") {
  const auto all = json::parse(check(library("broken", "answering"), {"--only", "fp64", "--only", "one-symbol", "--json"}).out);
  CHECK(all["cases"][0]["status"] == "passed");
  CHECK(all["cases"][1]["status"] == "crashed");
}

TEST_CASE("plugins: one that would never end is listed all the same") {
  CHECK(listed_first("hanging_exit")["id"] == "hanging_exit");
}

TEST_CASE("what is checked is the file that is given, not one of its name") {
  const Folder folder;
  for (const auto* where : {"a:b", "other"}) fs::create_directory(folder / where);
  fs::copy_file(library("broken", "leaking_bytes"), folder / "a:b/fedavg.so");
  const auto refused = folder.graft({"check", "a:b/fedavg.so"});
  CHECK(refused.status == 2);
  CHECK_THAT(refused.first_line(), EndsWith("lies in a folder with a colon in its name; copy it to another"));
  fs::copy_file(library("graft/plugins", "local"), folder / "other/local.txt");
  CHECK_THAT(result_of(folder / "other/local.txt", "fp64")["why"].get<std::string>(),
             StartsWith("by its name 'local' another file is found: "));
}

TEST_CASE("plugins: what a plugin prints gets into no JSON") {
  const Folder folder;
  const auto talking = library("broken", "talking");
  CHECK(json::parse(folder.graft({"plugins", talking, "--json"}).out)["id"] == "talking");
  CHECK_THAT(folder.graft({"plugins", talking}).out, StartsWith("talking 1.0.0, a strategy"));
  CHECK(listed_first("talking")["state"] == "taken");
}

TEST_CASE("what a plugin prints gets into no line of a run's JSON") {
  const Folder folder;
  const auto manifest = folder.manifest("talking");
  setenv("GRAFT_PLUGIN_PATH", library("broken", "talking").parent_path().c_str(), 1);
  for (const auto& words : {Words{"run", manifest, "--json", "--out", "run"}, Words{"inspect", manifest, "--json"},
                            Words{"evaluate", "run", "--json"}}) {
    const auto outcome = folder.graft(words);
    INFO(words.front() << ": " << outcome.out);
    CHECK(outcome.status == 0);
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);) CHECK(json::parse(line, nullptr, false).is_object());
  }
  unsetenv("GRAFT_PLUGIN_PATH");
}

TEST_CASE("plugins add: options that have to be set, for the check") {
  const Folder folder;
  setenv("XDG_DATA_HOME", (folder / "data").c_str(), 1);
  const auto file = library("broken", "must_be_set");
  const auto refused = folder.graft({"plugins", "add", file});
  CHECK(refused.status == 3);
  CHECK_THAT(refused.err, ContainsSubstring("rank is not set"));
  const auto added = folder.graft({"plugins", "add", file, "--set", "rank=4"});
  unsetenv("XDG_DATA_HOME");
  INFO(added.err);
  CHECK(added.status == 0);
  CHECK_THAT(folder.read("data/graft/plugins/must_be_set/1.0.0/provenance.json"), ContainsSubstring(" skipped, with rank=4\""));
}

TEST_CASE("options that have to be set are set in every case that plays") {
  const auto file = library("broken", "must_be_set");
  CHECK_THAT(result_of(file, "fp64")["why"].get<std::string>(), EndsWith("failed in plan: rank is not set"));
  CHECK_THAT(check(file, {"--only", "fp64"}).out, ContainsSubstring("an option that has to be set is given by --set KEY=VALUE"));
  const Folder folder;
  const auto shown = folder.graft({"plugins", file});
  CHECK(shown.status == 0);
  CHECK_THAT(shown.out, ContainsSubstring("rank = unset") && ContainsSubstring("plan: none with these options") &&
                            ContainsSubstring("failed in plan: rank is not set"));
  const auto all = check(file, {"--set", "rank=4", "--json"});
  INFO(all.out);
  CHECK(all.status == 0);
  CHECK(json::parse(all.out)["options"] == json{{"rank", 4}});
  CHECK_THAT(check(library("broken", "picky_option"), {"--set", "rounds=5", "--only", "options-inside"}).out,
             EndsWith(" --only options-inside --in-process --seed 1 --set rounds=5\n"));
  const auto refused = [&](const std::string& option, const Words& more = {}) {
    Words words = {"--set", option};
    words.insert(words.end(), more.begin(), more.end());
    const auto outcome = check(file, words);
    CHECK(outcome.status == 2);
    CHECK(outcome.out == "");
    return outcome.first_line();
  };
  CHECK(refused("rank=0") == "--set rank=0: 'rank' of 'must_be_set' is 0, expected an integer from 1 (how much, for you to say)");
  CHECK(refused("rnak=4") == "--set rnak=4: unknown option 'rnak' of 'must_be_set', did you mean 'rank'?");
  CHECK(refused("rnak=4", {"--only", "fp64", "--in-process"}) == refused("rnak=4"));
  CHECK_THAT(refused("rank"), StartsWith("--set rank: expected KEY=VALUE"));
}

TEST_CASE("a plugin with one fault fails one case, and is told how to look at it") {
  const auto file = library("broken", "leaking_personal");
  const auto outcome = check(file, {});
  INFO(outcome.out);
  CHECK(outcome.status == 3);
  CHECK_THAT(outcome.out,
             ContainsSubstring("\npersonal-stays          failed") && ContainsSubstring(" passed, 1 failed, ") &&
                 ContainsSubstring(std::thread::hardware_concurrency() > 1 ? " at a time (seed 1)\n" : " s (seed 1)\n") &&
                 EndsWith("gdb --args graft check " + file.string() + " --only personal-stays --in-process --seed 1\n"));
  CHECK_THAT(outcome.out, ContainsSubstring("skipped\n  it is about modules\n"));
}

TEST_CASE("cases are told in order, whoever ends first; a case in this process says the same") {
  const auto file = library("graft/plugins", "fedavg");
  const auto outcome = check(file, {"--only", "fp64", "--only", "table-version", "--only", "threads"});
  CHECK(outcome.status == 0);
  const auto first = outcome.out.find("table-version "), second = outcome.out.find("\nfp64 "),
             third = outcome.out.find("\nthreads ");
  CHECK(first < second);
  CHECK(second < third);
  CHECK(result_of(file, "lanes-agree", {"--in-process"})["status"] == "passed");
  CHECK(result_of(library("broken", "mixing_lanes"), "lanes-agree", {"--in-process"})["status"] == "failed");
}

TEST_CASE("misuse is exit 2; the list has every case; a seed is drawn and said") {
  const auto file = library("graft/plugins", "fedavg");
  const auto unknown = check(file, {"--only", "lane-agrees"});
  CHECK(unknown.status == 2);
  CHECK(unknown.first_line() == "graft check: there is no case 'lane-agrees', did you mean 'lanes-agree'?");
  const Folder folder;
  CHECK(folder.graft({"check"}).status == 2);
  CHECK_THAT(folder.graft({"check", "none.so"}).first_line(), EndsWith("none.so: there is no such file"));
  CHECK(folder.graft({"check", file, "--limit", "-1"}).status == 2);
  const auto list = folder.graft({"check", "--list"});
  CHECK(list.status == 0);
  CHECK_THAT(list.out, StartsWith("table-version ") && ContainsSubstring("\nexits "));
  const auto drawn = folder.graft({"check", file, "--only", "table-version"});
  CHECK_THAT(drawn.out, ContainsSubstring("1 passed in ") && ContainsSubstring("(seed "));
}

TEST_CASE("no child outlives the check, whatever ends that") {
  const int number = GENERATE(SIGKILL, SIGHUP);
  const Folder folder;
  fs::copy_file(library("faulty", "hanging_step"), folder / "hanging_step.so");
  const auto program = folder.start({"check", "hanging_step.so", "--only", "fp64", "--only", "threads"});
  const auto children = [&] { return processes_with("--only", (folder / "hanging_step.so").string()); };
  while (children() < 1) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  kill(program, number);
  CHECK(folder.end(program).status == (number == SIGHUP ? 130 : 128 + SIGKILL));
  for (int i = 0; i < 300 && children() > 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(children() == 0);
}

TEST_CASE("Ctrl-C ends the children and leaves nothing behind") {
  const Folder folder, temporary;
  setenv("TMPDIR", (temporary / "").c_str(), 1);
  const auto program =
      folder.start({"check", library("faulty", "hanging_step"), "--only", "fp64", "--only", "threads", "--seed", "1"});
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  kill(program, SIGINT);
  CHECK(folder.end(program).status == 130);
  unsetenv("TMPDIR");
  CHECK(temporary.names() == Words{});
}

}  // namespace graft::tests
