// Every case can fail: plugins that break one thing each, and what the check says of them; and odd ones that are right.
#include <catch2/generators/catch_generators.hpp>
#include <cmath>

#include "tests/contract/checking.hpp"

namespace graft::tests {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

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

TEST_CASE("what the table refuses in a step fails the case with the host's own line") {
  const auto found = result_of(library("faulty", "item_in_step"), "no-waiting");
  CHECK(found["status"] == "failed");
  CHECK_THAT(found["why"].get<std::string>(), ContainsSubstring("waits for the device, which step must not"));
}

TEST_CASE("what phases of several parts cost is counted over what each of them draws") {
  const Folder folder;
  setenv("GRAFT_PLUGIN_PATH", library("broken", "mixed_parts").parent_path().c_str(), 1);
  const auto macs = [&](const std::string& strategy) {
    const auto outcome = folder.graft({"inspect", folder.manifest(strategy), "--json"});
    INFO(outcome.err);
    return json::parse(outcome.out).at("costs").at("training_macs_per_sample_round").get<std::int64_t>();
  };
  CHECK(6 * macs("mixed_parts") == 5 * macs("fedavg"));  // a half and a third
  unsetenv("GRAFT_PLUGIN_PATH");
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

}  // namespace graft::tests
