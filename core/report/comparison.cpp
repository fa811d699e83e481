// Reads summaries; what pairs say is pairing.cpp's.
#include "core/report/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/error.hpp"
#include "core/report/pairing.hpp"
#include "core/rounds/history.hpp"

namespace graft::core {

namespace {

using nlohmann::json;

ScoredRuns read_runs(const StudyResults& results, const StudyVariant& variant) {
  ScoredRuns runs;
  for (const auto& run : variant.runs) {
    if (run.state != RunState::done) continue;
    auto summary = json::parse(run.summary, nullptr, false);
    if (!summary.is_object()) throw Error(Exit::data, results.folder + "/" + run.folder + ": its summary.json is damaged");
    runs.push_back({run.seed, run.samples, std::move(summary)});
  }
  return runs;
}

template <class Figure>
double mean_over(const ScoredRuns& runs, const Figure& figure) {
  double sum = 0;
  for (const auto& run : runs) sum += figure(run.summary);
  return sum / double(runs.size());
}

VariantCosts costs_of(const ScoredRuns& runs) {
  const auto cost = [&runs](const char* name) {
    return mean_over(runs, [name](const json& run) { return run.at("cost").at(name).template get<double>(); });
  };
  VariantCosts costs{cost("stored_bytes_per_client"),
                     cost("upload_bytes_per_client_round"),
                     cost("download_bytes_per_client_round"),
                     cost("total_bytes"),
                     cost("forward_macs_per_sample"),
                     {},
                     {},
                     mean_over(runs, [](const json& run) { return run.at("time").at("total_s").template get<double>(); }),
                     mean_over(runs, [](const json& run) { return run.at("peak_memory_bytes").template get<double>(); })};
  const auto if_all_say = [&](const char* name) {
    const auto says = [name](const ScoredRun& run) { return run.summary.at("cost").value(name, json()).is_number(); };
    return std::ranges::all_of(runs, says) ? std::optional(cost(name)) : std::nullopt;
  };
  costs.training_macs = if_all_say("training_macs_per_sample_round");
  costs.all_training_macs = if_all_say("training_macs");
  return costs;
}

VariantRow row_of(const ScoredRuns& runs) {
  VariantRow row;
  row.done = runs.size();
  if (runs.empty()) return row;
  const auto& first = runs.front().summary;
  row.strategy = first.at("strategy");
  first.at("modules").get_to(row.modules);
  row.clients = first.at("clients").size();
  row.costs = costs_of(runs);
  for (const auto& run : runs) {
    if (run.summary.contains("threads")) row.threads.insert(run.summary.at("threads").get<std::int64_t>());
  }
  return row;
}

const json& last_clients(const json& summary) { return summary.at("clients"); }
const json& chosen_clients(const json& summary) { return summary.at("chosen").at("clients"); }

Spread clients_spread(const json& clients) {
  std::vector<Score> scores;
  for (const auto& client : clients) {
    const auto& accuracy = client.at("accuracy");
    if (!accuracy.is_null()) scores.push_back({client.at("id"), client.at("test_samples"), accuracy.get<double>(), 0, {}});
  }
  return spread_of(scores);
}

std::optional<double> deviation(const std::vector<double>& values) {
  if (values.size() < 2) return {};
  const auto count = double(values.size());
  double mean = 0, squares = 0;
  for (const double one : values) mean += one / count;
  for (const double one : values) squares += (one - mean) * (one - mean);
  return std::sqrt(squares / (count - 1));
}

// None where a run has no scored client.
std::optional<Accuracies> accuracies_of(const ScoredRuns& runs, ClientsOf clients_of) {
  Accuracies all;
  std::vector<double> means;
  for (const auto& run : runs) {
    const auto spread = clients_spread(clients_of(run.summary));
    if (std::isnan(spread.mean)) return {};
    const double part = 100 / double(runs.size());
    all.mean += part * spread.mean;
    all.spread += part * spread.std;
    all.weighted += part * spread.weighted_mean;
    all.worst_10 += part * spread.worst_10;
    all.worst_25 += part * spread.worst_25;
    all.jain += spread.jain / double(runs.size());
    means.push_back(100 * spread.mean);
  }
  if (runs.empty()) return {};
  all.over_seeds = deviation(means);
  return all;
}

std::optional<double> chosen_round(const ScoredRuns& runs) {
  if (runs.empty()) return {};
  return mean_over(runs, [](const json& run) { return run.at("chosen").at("round").get<double>(); });
}

Moment moment_of(const StudyResults& results, const std::vector<ScoredRuns>& runs, ClientsOf clients_of, Pairs pairs) {
  Moment moment;
  for (const auto& of_one : runs) moment.accuracies.push_back(accuracies_of(of_one, clients_of));
  pair_up(moment, results, runs, clients_of, pairs);
  return moment;
}

std::size_t reference_of(const Comparison& comparison) {
  const auto plain = [](const VariantRow& row) { return row.strategy == "fedavg" && row.modules.empty(); };
  const auto found = std::ranges::find_if(comparison.rows, plain);
  return found == comparison.rows.end() ? comparison.results.baseline : std::size_t(found - comparison.rows.begin());
}

// Without the runs of variants that chose no round, or not with every seed: a mean over some of them would be another number.
std::vector<ScoredRuns> that_chose(std::vector<ScoredRuns> runs) {
  const auto chose = [](const ScoredRun& run) { return run.summary.contains("chosen"); };
  for (auto& of_one : runs) {
    if (!std::ranges::all_of(of_one, chose)) of_one.clear();
  }
  return runs;
}

}  // namespace

Comparison compared(StudyResults results, Pairs pairs) {
  Comparison comparison{.results = std::move(results)};
  std::vector<ScoredRuns> runs;
  for (const auto& variant : comparison.results.variants) runs.push_back(read_runs(comparison.results, variant));
  try {
    for (const auto& of_one : runs) comparison.rows.push_back(row_of(of_one));
    comparison.last = moment_of(comparison.results, runs, last_clients, pairs);
    comparison.reference = reference_of(comparison);
    runs = that_chose(std::move(runs));
    if (std::ranges::all_of(runs, &ScoredRuns::empty)) return comparison;
    comparison.chosen = moment_of(comparison.results, runs, chosen_clients, pairs);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (auto& accuracies = comparison.chosen->accuracies[i]) accuracies->round = chosen_round(runs[i]);
    }
  } catch (const json::exception&) {
    throw Error(Exit::data, comparison.results.folder + ": a run's summary.json is damaged, or of another version");
  }
  return comparison;
}

std::string text_of(Verdict verdict) {
  return verdict == Verdict::better ? "better" : verdict == Verdict::worse ? "worse" : "undecided";
}

std::string text_of(Agreement agreement) {
  switch (agreement) {
    case Agreement::none: return "";
    case Agreement::agrees: return "agrees";
    case Agreement::disagrees: return "disagrees";
    case Agreement::undecided: return "undecided";
  }
  return "";
}

RunState state_of(const StudyVariant& variant) {
  auto state = RunState::missing;
  for (const auto& run : variant.runs) state = std::max(state, run.state);
  return state;
}

RunState state_of(const std::string& text) {
  for (const auto state : {RunState::interrupted, RunState::failed, RunState::done}) {
    if (text == text_of(state)) return state;
  }
  return RunState::missing;
}

std::string text_of(RunState state) {
  switch (state) {
    case RunState::missing: return "missing";
    case RunState::interrupted: return "interrupted";
    case RunState::failed: return "failed";
    case RunState::done: return "done";
  }
  return "";
}

}  // namespace graft::core
