// The list of cases. Names are kept: people write them into scripts.
#include "tests/contract/cases.hpp"

#include "tests/contract/contract.hpp"

namespace graft::contract {

namespace {

constexpr Case kCases[] = {
    {"table-version", "the file is a library for this machine, and a plugin for this host", About::file, table_version},
    {"one-symbol", "it exports its descriptor and nothing else", About::file, one_symbol},
    {"loads-now", "it opens: no symbol is undefined, no library is missing", About::file, loads_now},
    {"id-is-file-name", "the plugin's id is its file's name", About::file, id_is_file_name},
    {"version-is-plain", "its version is a semantic one, like 1.0.0", About::file, version_is_plain},
    {"scan-time", "opening it and asking for its options takes half a second at most", About::file, scan_time},
    {"options-documented", "options have plain names, meanings, and defaults among their values", About::any, options_documented},
    {"options-inside", "values that the options allow are taken, and work", About::any, options_inside},
    {"options-outside", "other values are refused, and none crashes set()", About::any, options_outside},
    {"plan-pure", "the plan is a function of the options", About::strategy, plan_pure},
    {"selectors-match", "the plan fits backbones of every shape, with modules and without", About::strategy, selectors_match},
    {"personal-stays", "an upload is a function of the shared columns and the rows declared sent", About::strategy, personal_stays},
    {"next-repeats", "the same uploads give the same next shared part", About::strategy, next_repeats},
    {"mean-of-equals", "clients with equal data give the model that one of them gives", About::strategy, mean_of_equals},
    {"tensors-pure", "the declared tensors are a function of options and site", About::module, tensors_pure},
    {"keeps-dtype-device", "what a module returns has the type of what it was given", About::module, keeps_dtype_device},
    {"one-or-many", "parameters held once for all lanes give what a copy for each lane gives", About::module, one_or_many},
    {"no-lane-mixing", "a lane's output depends on that lane alone", About::module, no_lane_mixing},
    {"eval-deterministic", "the same input gives the same output", About::module, eval_deterministic},
    {"gradients-reach", "training moves every declared tensor of every site", About::module, gradients_reach},
    {"merged-equals-running", "a merged weight gives what the module gives", About::module, merged_equals_running},
    {"merge-order", "the order of the clients changes nothing", About::any, merge_order},
    {"lanes-agree", "one lane and several give the same model", About::any, lanes_agree},
    {"same-seed-same-bits", "the same federation twice gives the same bits", About::any, same_seed_same_bits},
    {"resume-equals-straight", "stopping at a checkpoint and going on changes no bit", About::any, resume_equals_straight},
    {"small-clients", "clients with one sample, none, and none to be scored on", About::any, small_clients},
    {"fp32", "it works in single precision, and comes to the same", About::any, fp32},
    {"fp64", "it works in double precision", About::any, fp64},
    {"bf16", "it works in bfloat16", About::any, bf16},
    {"instances", "two instances with other options do not disturb each other", About::any, instances},
    {"threads", "one instance in four threads gives the bits that it gives in one", About::any, threads},
    {"no-waiting", "nothing in a step or a module waits for the device", About::any, no_waiting},
    {"no-growth", "memory does not grow over the rounds", About::any, no_growth},
    {"exits", "the program ends well with the plugin loaded", About::any, exits, true},
};

}  // namespace

std::span<const Case> all_cases() { return kCases; }

std::vector<CaseFacts> cases() {
  std::vector<CaseFacts> facts;
  for (const auto& one : kCases) facts.push_back({one.name, one.what});
  return facts;
}

std::string misfit(const Case& one, const std::string& kind) {
  if (one.about == About::strategy && kind == "module") return "it is about strategies";
  if (one.about == About::module && kind == "strategy") return "it is about modules";
  return "";
}

}  // namespace graft::contract
