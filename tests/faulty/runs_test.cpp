// Broken plugins in whole runs: exit 3, one line that names plugin, hook, round and client, and the work that was done is whole.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/program/program.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using graft::tests::Folder;
using graft::tests::Outcome;
using graft::tests::Words;
namespace fs = std::filesystem;

void find_broken_plugins() {
  const auto plugins = fs::read_symlink("/proc/self/exe").parent_path() / "../lib/faulty";
  setenv("GRAFT_PLUGIN_PATH", fs::canonical(plugins).c_str(), 1);
}

Outcome run(const std::string& strategy, const Words& more = {}) {
  find_broken_plugins();
  const Folder folder;
  Words words = {"run", folder.manifest(strategy), "--quiet"};
  words.insert(words.end(), more.begin(), more.end());
  return folder.graft(words);
}

std::string failure(const std::string& strategy, const Words& more = {}) {
  const auto outcome = run(strategy, more);
  CHECK(outcome.status == 3);
  CHECK(outcome.out == "");
  return outcome.first_line();
}

// Every client's accuracy and loss, as the summary in --json has them.
std::string clients_of(const Outcome& outcome) {
  const auto from = outcome.out.find("\"clients\":[");
  REQUIRE(from != std::string::npos);
  return outcome.out.substr(from, outcome.out.find(']', from) - from);
}

}  // namespace

TEST_CASE("run: a step that throws") {
  CHECK_THAT(failure("throwing_step"), StartsWith("plugin 'throwing_step' failed in step (round 1, client"));
}

TEST_CASE("run: a step in several lanes names them all") {
  CHECK_THAT(failure("throwing_step", {"--set", "lanes=2"}), ContainsSubstring("(round 1, clients "));
}

TEST_CASE("run: item() in a step, and what waits by name") {
  for (const auto* strategy : {"item_in_step", "nonzero_in_step", "mask_in_step"}) {
    CHECK_THAT(failure(strategy), ContainsSubstring("waits for the device, which step must not"));
  }
}

TEST_CASE("run: a hook that returns what it was only lent") {
  CHECK_THAT(failure("lent_next"), ContainsSubstring("failed in next (round 1): it returned a tensor that it was given"));
  CHECK_THAT(failure("fedavg", {"--set", "modules=[{use=\"lent_tokens\"}]", "--set", "backbone.width=32"}),
             StartsWith("plugin 'lent_tokens' failed in tokens"));
}

TEST_CASE("run: wrong shapes, from upload, predictor and next") {
  CHECK_THAT(failure("wrong_upload"), StartsWith("plugin 'wrong_upload' failed in upload (round 1, client"));
  CHECK_THAT(failure("wrong_predictor"), ContainsSubstring("failed in predictor") && ContainsSubstring("expected [1, "));
  CHECK_THAT(failure("wrong_next"), ContainsSubstring("failed in next") && ContainsSubstring("it returned a tensor ["));
}

TEST_CASE("run: NaN from an upload") {
  CHECK_THAT(failure("nan_upload"),
             StartsWith("plugin 'nan_upload' failed in upload (round 1, client") && ContainsSubstring("not finite"));
}

TEST_CASE("run: a kept row that is not declared sent cannot be uploaded") {
  CHECK_THAT(failure("unsent_upload"), EndsWith("the kept row 'twin' is not declared sent, so an upload cannot derive from it"));
}

TEST_CASE("run: nor can it be as it was when the turn began, nor personal columns") {
  const auto of_row = [](const std::string& row) { return failure("stored_upload", {"--set", "strategy.row=\"" + row + "\""}); };
  CHECK_THAT(of_row("twin"), StartsWith("plugin 'stored_upload' failed in upload (round 1, client") &&
                                 EndsWith("the kept row 'twin' is not declared sent, so an upload cannot derive from it"));
  CHECK_THAT(of_row("mine"), EndsWith("the kept row 'mine' is like the personal part, which never travels"));
  CHECK_THAT(of_row(""), EndsWith("stored(): an upload cannot reach the personal columns, which never travel"));
}

TEST_CASE("run: merges of another shape, or not finite, and predictions of another shape") {
  CHECK_THAT(failure("short_merge"), StartsWith("plugin 'short_merge' failed in merge (round 1): it returned a tensor ["));
  CHECK_THAT(failure("nan_merge"),
             StartsWith("plugin 'nan_merge' failed in merge (round 1): it returned or left values that are not finite"));
  CHECK_THAT(failure("nan_predict"), StartsWith("plugin 'nan_predict' failed in predict (round 1, client"));
  CHECK_THAT(failure("wrong_predict"), StartsWith("plugin 'wrong_predict' failed in predict (round 1, client") && EndsWith(", 4]"));
}

TEST_CASE("run: plans that do not go with hooks") {
  for (const std::string hook : {"upload", "next", "merge"}) {
    CHECK(failure("gossiping_" + hook) ==
          "plugin 'gossiping_" + hook +
              "' returned a plan that cannot be: its clients gossip, and it has an upload, merge or "
              "next for a server");
  }
  CHECK(failure("predicts_twice") ==
        "plugin 'predicts_twice' returned a plan that cannot be: it has a predictor, and a predict in its place: expected one of "
        "them");
  CHECK(failure("tuned_predict") ==
        "plugin 'tuned_predict' returned a plan that cannot be: it tunes a model before scoring, and predicts without one");
}

TEST_CASE("run: logits, slope and pullback of what they cannot be had of") {
  const auto way = [](const std::string& way) {
    const auto line = failure("misused_batch", {"--set", "strategy.way=\"" + way + "\""});
    const auto hook = way == "late" ? "finish" : way == "labels" ? "predict" : "step";
    CHECK_THAT(line, StartsWith("plugin 'misused_batch' failed in " + std::string(hook) + " (round 1, client"));
    return line.substr(line.find("): ") + 3);
  };
  CHECK_THAT(way("rows"), StartsWith("logits(): expected rows [1, "));
  CHECK_THAT(way("pulled_rows"), StartsWith("pullback(): expected rows [1, "));
  CHECK(way("direction") == "pullback(): the logits are [1, 8, 4], the direction is [1, 7, 4]");
  CHECK_THAT(way("slope"), StartsWith("slope(): expected logits [1, 8, 4], found [1, "));
  CHECK(way("type") == "slope(): expected rows of Float, found Double");
  CHECK(way("parts") == "a batch drawn in parts is seen only part by part: use batch.part(i)");
  CHECK(way("part_slope") == "a batch drawn in parts has a loss only part by part: use batch.part(i)");
  CHECK(way("late") == "logits(): there are batches only in step and predict");
  CHECK(way("labels") == "slope(): it can be had only in step, as the labels can");
  CHECK(run("misused_batch", {"--set", "strategy.way=\"none\""}).status == 0);
}

TEST_CASE("run: a plugin for hosts of SDK 1.0") { CHECK(run("older_sdk").status == 0); }

TEST_CASE("run: personal columns cannot be uploaded") { CHECK_THAT(failure("personal_upload"), ContainsSubstring("never travel")); }

TEST_CASE("run: what a callback of the host threw comes out whole, although the plugin passed over it") {
  CHECK_THAT(failure("swallowing"), EndsWith("the plan keeps no row named 'nobody'"));
}

TEST_CASE("run: crashes, exits and hangs") {
  CHECK_THAT(failure("crashing_step"),
             ContainsSubstring("crashed in step (SIGSEGV, round 1, client") && EndsWith("; no checkpoint was written yet"));
  CHECK_THAT(failure("aborting_step"), ContainsSubstring("crashed in step (SIGABRT, round 1, client"));
  CHECK_THAT(failure("exiting_step"), ContainsSubstring("called exit() in step (round 1, client"));
  CHECK_THAT(failure("hanging_step", {"--set", "plugins.hook_limit_s=0.5"}), ContainsSubstring("hung in step (round 1, client"));
}

TEST_CASE("run: a failure after the first round leaves what was done") {
  find_broken_plugins();
  const Folder folder;
  const auto manifest = folder.manifest("late_failure");
  const auto late = folder.graft({"run", manifest, "--out", "late", "--set", "checkpoint.every_rounds=50"});
  CHECK(late.status == 3);
  CHECK(folder.names("late") == Words{"data.json", "manifest.toml", "rounds.jsonl", "run.log"});
  CHECK(
      folder.graft({"run", manifest, "--out", "saved"}).err.find("the checkpoint after round 1 is whole; go on with: graft run") !=
      std::string::npos);
}

TEST_CASE("run: random numbers that no seed of the run gives") {
  CHECK_THAT(failure("drawing_step"), ContainsSubstring("failed in step (round 1, client") &&
                                          EndsWith("it draws random numbers, which would not be the same again after --resume"));
}

TEST_CASE("run: what a step writes into what it received reaches nobody") {
  const auto written = run("writing_received", {"--json"}), plain = run("fedavg", {"--json"});
  CHECK(written.status == 0);
  CHECK(clients_of(written) == clients_of(plain));
}

TEST_CASE("run: a module that writes into its parameters") {
  const Words inserted = {"--set", "modules=[{use=\"writing_module\"}]"};
  CHECK(failure("fedavg", inserted) == "plugin 'writing_module' wrote into a parameter at blocks.0, which a module only reads");
}

TEST_CASE("run: a module that drops out all of its tokens") {
  CHECK(failure("fedavg", {"--set", "modules=[{use=\"whole_dropout\"}]"}) ==
        "plugin 'whole_dropout' returned a dropout of 1 in tokens, expected one from 0 to below 1");
}

TEST_CASE("run: tensors that a module cannot declare") {
  const auto declared = [](const std::string& options) {
    return failure("fedavg", {"--set", "modules=[{use=\"odd_names\", " + options + "}]"});
  };
  const std::string start = "plugin 'odd_names' declared tensors that cannot be at blocks.0: ";
  const std::string expected = " is no tensor's name: letters, digits, _ and -, with dots between them";
  CHECK(declared("name=\"../../bias\"") == start + "'../../bias'" + expected);
  CHECK(declared("name=\"a..b\"") == start + "'a..b'" + expected);
  CHECK(declared("name=\"\"") == start + "''" + expected);
  CHECK(declared("name=\"a b\"") == start + "'a b'" + expected);
  CHECK(declared("twice=true") == start + "'blocks.0.odd_names.bias' is declared twice");
  CHECK(declared("huge=true") == start + "tensor 'blocks.0.odd_names.bias' is too large");
  CHECK(declared("negative=true") == start + "tensor 'blocks.0.odd_names.bias' has no elements");
}

TEST_CASE("run: a plan that throws") { CHECK_THAT(failure("throwing_plan"), ContainsSubstring("today is not a weekday")); }

TEST_CASE("run: an unloadable plugin is refused before anything runs, and leaves no folder") {
  find_broken_plugins();
  const Folder folder;
  const auto outcome = folder.graft({"run", folder.manifest("other_version")});
  CHECK(outcome.status == 3);
  CHECK_THAT(outcome.first_line(), ContainsSubstring("other_version.so"));
  CHECK(folder.names("runs").empty());
}

TEST_CASE("a folder of a run that ended before its first round is taken again") {
  find_broken_plugins();
  const Folder folder;
  REQUIRE(folder.graft({"run", folder.manifest("crashing_step"), "--out", "run", "--quiet"}).status == 3);
  REQUIRE(folder.names("run") == Words{"data.json", "run.log"});
  const auto again = folder.graft({"run", folder.manifest("fedavg"), "--out", "run"});
  INFO(again.err);
  CHECK(again.status == 0);
  CHECK_THAT(again.err, ContainsSubstring("the run in 'run' ended before its first round: beginning anew there"));
  CHECK(folder.graft({"run", "small.toml", "--out", "run"}).status == 2);  // a run's folder now
}
