// A row a run, and a sentence for all of them.
#include "core/report/outlook_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/report/layout.hpp"

namespace graft::core {

namespace {

std::string state_text(const RunOutlook& run) {
  if (run.state == "goes on") return "goes on after round " + std::to_string(run.round) + " of " + std::to_string(run.rounds);
  if (run.state == "begins") return "begins, " + many_text(run.rounds, "round");
  return run.state == "fails" ? "fails: " + harmless(run.why) : run.state;
}

std::int64_t counted(const StudyOutlook& outlook, const std::vector<std::string>& states) {
  return std::ranges::count_if(outlook.runs, [&](const auto& run) { return std::ranges::find(states, run.state) != states.end(); });
}

}  // namespace

double seconds_of(const StudyOutlook& outlook) {
  double all = 0, longest = 0;
  for (const auto& run : outlook.runs) {
    all += run.seconds.value_or(0);
    longest = std::max(longest, run.seconds.value_or(0));
  }
  return std::max(longest, all / double(std::max<std::size_t>(1, outlook.jobs)));
}

std::string outlook_text(const StudyOutlook& outlook, std::size_t width) {
  std::vector<Cells> rows{{"variant", "seed", "time", ""}};
  for (const auto& run : outlook.runs) {
    const auto time = run.seconds ? "about " + seconds_text(*run.seconds) : "";
    rows.push_back({harmless(run.variant), std::to_string(run.seed), time, state_text(run)});
  }
  const auto left = counted(outlook, {"goes on", "begins"}), failing = counted(outlook, {"fails"});
  const auto all = outlook.runs.size();
  const auto said = [width](const std::string& sentence) { return joined(wrapped(sentence, width), "\n") + "\n"; };
  auto text = said(harmless(outlook.name) + ": " + many_text(std::int64_t(all), "run") + ", " + std::to_string(left) + " to do" +
                   (failing > 0 ? ", " + std::to_string(failing) + " that fail" : "") + ", in " + outlook.folder) +
              aligned_within(width, rows, {Align::left, Align::right, Align::right}, 2);
  if (left > 0)
    text += said("about " + seconds_text(seconds_of(outlook)) + " in all, " +
                 (outlook.jobs > 1 ? std::to_string(outlook.jobs) + " runs at once" : "one run after the other") +
                 "; good to a factor of about 1.5");
  return text;
}

std::string outlook_json(const StudyOutlook& outlook) {
  using nlohmann::ordered_json;
  ordered_json json = {{"name", outlook.name},
                       {"folder", outlook.folder},
                       {"jobs", outlook.jobs},
                       {"seconds", seconds_of(outlook)},
                       {"runs", ordered_json::array()}};
  for (const auto& run : outlook.runs) {
    json["runs"].push_back({{"variant", run.variant},
                            {"seed", run.seed},
                            {"state", run.state},
                            {"round", run.round},
                            {"rounds", run.rounds},
                            {"seconds", run.seconds ? ordered_json(*run.seconds) : ordered_json()}});
    if (!run.why.empty()) json["runs"].back()["why"] = run.why;
  }
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace graft::core
