// Every case can fail: plugins that break one thing each, and what the check says of them. How it ends children that crash, hang or
// leave, and what it prints.
#include <signal.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/program/program.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Catch::Matchers::Matches;
using Catch::Matchers::StartsWith;
using graft::tests::Folder;
using graft::tests::Outcome;
using graft::tests::Words;
using nlohmann::json;
namespace fs = std::filesystem;

fs::path library(const std::string& kind, const std::string& id) {
  return (fs::read_symlink("/proc/self/exe").parent_path() / "../lib" / kind / (id + ".so")).lexically_normal();
}

Outcome check(const fs::path& file, const Words& more) {
  const Folder folder;
  Words words = {"check", file, "--seed", "1"};
  words.insert(words.end(), more.begin(), more.end());
  return folder.graft(words);
}

// The one case's result, as --json has it, with the program's exit status.
json result_of(const fs::path& file, const std::string& name, const Words& more = {}) {
  Words words = {"--only", name, "--json"};
  words.insert(words.end(), more.begin(), more.end());
  const auto outcome = check(file, words);
  INFO(outcome.err);
  const auto all = json::parse(outcome.out);
  REQUIRE(all["cases"].size() == 1);
  auto one = all["cases"][0];
  one["exit"] = outcome.status;
  return one;
}

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

struct Broken {
  const char *id, *name, *why;
};

void require_failed(const fs::path& file, const Broken& broken, const std::string& status) {
  const auto found = result_of(file, broken.name);
  INFO(broken.id << ": " << found.dump());
  if (found["why"] == "this build's allocator does not say what is in use") return;  // a sanitizer's
  CHECK(found["status"] == status);
  CHECK_THAT(found["why"].get<std::string>(), ContainsSubstring(broken.why));
  CHECK(found["exit"] == 3);
}

}  // namespace

TEST_CASE("each case fails for a plugin that breaks it, and says how") {
  const auto broken = GENERATE(
      Broken{"two_symbols", "one-symbol", "it exports 1 symbol beside graft_plugin_1_table_1: graft_plugin_helper"},
      Broken{"plain_version", "version-is-plain", "its version is 'first', expected one like 1.0.0"},
      Broken{"slow_opening", "scan-time", "options took 0.7"},
      Broken{"undocumented", "options-documented", "option 'mu' has no meaning"},
      Broken{"odd_default", "options-documented", "option 'mu' is 2 by default, expected a number from 0 to 1"},
      Broken{"picky_option", "options-inside", "with rounds = 0: plugin 'picky_option' failed in plan: rounds must not be 0"},
      Broken{"changing_plan", "plan-pure", "asked again, it says "},
      Broken{"deep_selector", "selectors-match", "on 1 block of width 8: plugin 'deep_selector' returned a plan that cannot be"},
      Broken{"leaking_personal", "personal-stays", "the upload differs in "},
      Broken{"leaking_stored", "personal-stays", "the upload differs in "},
      Broken{"moving_merge", "next-repeats", "what is merged differs in "},
      Broken{"moving_next", "next-repeats", "the next shared part differs in "},
      Broken{"growing_mean", "mean-of-equals", "the shared part differs by "},
      Broken{"ordered_upload", "merge-order", "between clients in one order and in the other"},
      Broken{"ordered_merge", "merge-order", "between clients in one order and in the other"},
      Broken{"mixing_predict", "lanes-agree", "scores differs by "},
      Broken{"mixing_lanes", "lanes-agree", "between one lane and 2; expected at most 1e-10"},
      Broken{"counting_for_ever", "same-seed-same-bits", "between two runs of one manifest; expected the same bits"},
      Broken{"forgetful", "resume-equals-straight", "between four rounds and two and two; expected the same bits"},
      Broken{"needing_steps", "small-clients", "failed in finish (round 1, client 0): too few steps"},
      Broken{"double_only", "fp32", "descend(): expected rows of Float, found Double"},
      Broken{"single_only", "fp64", "descend(): expected rows of Double, found Float"},
      Broken{"shared_option", "instances", "beside it; expected the same bits"},
      Broken{"unsafe_in_threads", "threads", "between one thread and four at once"},
      Broken{"waiting", "no-waiting", "aten::item ran in step: it waits for the device"},
      Broken{"copying", "no-waiting", "a copy from meta to the CPU ran in step: it waits for the device"},
      Broken{"leaking_handle", "no-growth", "memory in use grows by"},
      Broken{"leaking_bytes", "no-growth", "memory in use grows by"},
      Broken{"leaking_at_times", "no-growth", " bytes in 24 rounds; expected none"},
      Broken{"leaking_predict", "no-growth", "memory in use grows by"},
      Broken{"changing_tensors", "tensors-pure", "asked again, it says "},
      Broken{"double_module", "keeps-dtype-device",
             "failed in after_mlp: it returned a tensor of float64 on cpu, expected float32"},
      Broken{"many_only", "one-or-many", "failed in after_mlp: view("},
      Broken{"mixing_module", "no-lane-mixing", "in lane 1 where only lane 0 has changed; expected the same bits"},
      Broken{"drifting_module", "eval-deterministic", "between two passes; expected the same bits"},
      Broken{"idle_tensor", "gradients-reach", "'blocks.0.idle_tensor.spare' has not moved in 3 rounds"},
      Broken{"wrong_merge", "merged-equals-running", "between the module and its merged weights"});
  require_failed(library("broken", broken.id), broken, "failed");
}

TEST_CASE("what a hook returns must be what the host can take, in whatever case it is called") {
  require_failed(library("faulty", "short_merge"), {"short_merge", "fp64", "failed in merge (round 1): it returned a tensor ["},
                 "failed");
  require_failed(library("faulty", "nan_merge"),
                 {"nan_merge", "fp64", "failed in merge (round 1): it returned or left values that"}, "failed");
  require_failed(library("faulty", "wrong_predict"), {"wrong_predict", "same-seed-same-bits", "failed in predict (round "},
                 "failed");
  require_failed(library("faulty", "tuned_predict"), {"tuned_predict", "plan-pure", "it tunes a model before scoring"}, "failed");
  require_failed(library("faulty", "gossiping_merge"), {"gossiping_merge", "fp64", "its clients gossip, and it has"}, "failed");
}

TEST_CASE("where clients gossip, what is about a server is skipped") {
  for (const auto* const name : {"personal-stays", "next-repeats", "merge-order"}) {
    INFO(name);
    const auto found = result_of(library("graft/plugins", "dfedalt"), name);
    CHECK(found["status"] == "skipped");
    CHECK_THAT(found["why"].get<std::string>(), StartsWith("its clients gossip: "));
  }
}

TEST_CASE("cases about files fail for a file that is refused, and the others are skipped") {
  require_failed(library("faulty", "other_version"), {"other_version", "table-version", "is a plugin for another host"}, "failed");
  require_failed(library("faulty", "unresolved"), {"unresolved", "loads-now", "undefined symbol"}, "failed");
  require_failed(library("faulty", "other_id"), {"other_id", "id-is-file-name", "expected someone_else.so"}, "failed");
  const auto skipped = result_of(library("faulty", "other_version"), "lanes-agree");
  CHECK(skipped["status"] == "skipped");
  CHECK_THAT(skipped["why"].get<std::string>(), StartsWith("the file is refused: ") && ContainsSubstring("another host"));
  CHECK(skipped["exit"] == 0);
  CHECK(result_of(library("faulty", "other_version"), "version-is-plain")["status"] == "skipped");
}

TEST_CASE("a case that crashes, leaves or hangs says in which hook") {
  require_failed(library("faulty", "crashing_step"), {"crashing_step", "fp64", "crashed in step (SIGSEGV, round 1, client"},
                 "crashed");
  require_failed(library("faulty", "exiting_step"), {"exiting_step", "fp64", "called exit() in step (round 1, client"}, "crashed");
  require_failed(library("broken", "crashing_set"), {"crashing_set", "options-outside", "crashed in set (SIGSEGV"}, "crashed");
  require_failed(library("broken", "crashing_exit"), {"crashing_exit", "exits", "the process was ended by SIGABRT after"},
                 "crashed");
  CHECK(result_of(library("broken", "crashing_exit"), "fp64")["status"] == "passed");
  const auto hung = result_of(library("faulty", "hanging_step"), "fp64", {"--limit", "1.5"});
  CHECK(hung["status"] == "timed out");
  CHECK_THAT(hung["why"].get<std::string>(), StartsWith("plugin 'hanging_step' hung in step (round 1, client"));
}

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

TEST_CASE("what the table refuses in a step fails the case with the host's own line") {
  const auto found = result_of(library("faulty", "item_in_step"), "no-waiting");
  CHECK(found["status"] == "failed");
  CHECK_THAT(found["why"].get<std::string>(), ContainsSubstring("waits for the device, which step must not"));
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

TEST_CASE("a plugin that lets rounding grow is not failed for what rounding did") {
  const auto file = library("broken", "wild_rate");
  for (const auto* const name : {"lanes-agree", "merge-order"}) {
    INFO(name);
    CHECK(result_of(file, name)["status"] == "passed");
  }
  const auto single = result_of(file, "fp32", {"--set", "rate=1"});
  CHECK(single["status"] == "skipped");
  CHECK_THAT(single["why"].get<std::string>(), ContainsSubstring("a start that is off by 1e-06"));
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

TEST_CASE("where clients gossip, one without a step only mixes") {
  for (const auto* const name : {"small-clients", "lanes-agree", "resume-equals-straight"}) {
    INFO(name);
    CHECK(result_of(library("broken", "gossiping_finish"), name)["status"] == "passed");
  }
}

TEST_CASE("logits, their slope and its pullback are the host's own step, loss and scores") {
  const Folder folder;
  setenv("GRAFT_PLUGIN_PATH", library("broken", "by_logits").parent_path().c_str(), 1);
  const auto rounds = [&](const std::string& strategy) {  // two lanes, and short batches
    const auto manifest = folder.manifest(strategy);
    const auto outcome =
        folder.graft({"run", manifest, "--out", strategy, "--set", "precision=fp64", "--set", "lanes=2", "--quiet"});
    INFO(outcome.err);
    REQUIRE(outcome.status == 0);
    std::vector<json> lines;
    std::istringstream text(folder.read(strategy + "/rounds.jsonl"));
    for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
    return lines;
  };
  const auto plain = rounds("fedavg"), by_logits = rounds("by_logits");
  unsetenv("GRAFT_PLUGIN_PATH");
  REQUIRE(plain.size() == by_logits.size());
  for (std::size_t i = 0; i < plain.size(); ++i) {
    INFO(plain[i].dump() << by_logits[i].dump());
    CHECK(std::abs(plain[i]["train_loss"].get<double>() - by_logits[i]["train_loss"].get<double>()) < 1e-9);
    CHECK(plain[i]["train_loss"].get<double>() > 0.1);
    CHECK(plain[i]["accuracy"] == by_logits[i]["accuracy"]);
  }
  const auto all = json::parse(check(library("broken", "by_logits"), {"--json"}).out);
  for (const auto& one : all["cases"]) CHECK((one["status"] == "passed" || one["status"] == "skipped"));
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
