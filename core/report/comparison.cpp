// A client of a seed is paired with the same client of the same seed: both have the same samples.
#include "core/report/comparison.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/error.hpp"

namespace graft::core {

namespace {

using nlohmann::json;

struct Run {
  std::uint64_t seed;
  std::string samples;
  json summary;
};
using Runs = std::vector<Run>;  // of a variant, those that are done

Runs read_runs(const StudyResults& results, const StudyVariant& variant) {
  Runs runs;
  for (const auto& run : variant.runs) {
    if (run.state != RunState::done) continue;
    auto summary = json::parse(run.summary, nullptr, false);
    if (!summary.is_object()) throw Error(Exit::data, results.folder + "/" + run.folder + ": its summary.json is damaged");
    runs.push_back({run.seed, run.samples, std::move(summary)});
  }
  return runs;
}

template <class Figure>
double mean_over(const Runs& runs, const Figure& figure) {
  double sum = 0;
  for (const auto& run : runs) sum += figure(run.summary);
  return sum / double(runs.size());
}

VariantCosts costs_of(const Runs& runs) {
  const auto cost = [&runs](const char* name) {
    return mean_over(runs, [name](const json& run) { return run.at("cost").at(name).template get<double>(); });
  };
  constexpr auto kTraining = "training_macs_per_sample_round";
  VariantCosts costs{cost("stored_bytes_per_client"),
                     cost("upload_bytes_per_client_round"),
                     cost("download_bytes_per_client_round"),
                     cost("total_bytes"),
                     cost("forward_macs_per_sample"),
                     {},
                     mean_over(runs, [](const json& run) { return run.at("time").at("total_s").template get<double>(); }),
                     mean_over(runs, [](const json& run) { return run.at("peak_memory_bytes").template get<double>(); })};
  const bool said =
      std::ranges::all_of(runs, [&](const Run& run) { return run.summary.at("cost").value(kTraining, json()).is_number(); });
  if (said) costs.training_macs = cost(kTraining);
  return costs;
}

VariantRow row_of(const Runs& runs) {
  VariantRow row;
  row.done = runs.size();
  if (runs.empty()) return row;
  const auto& first = runs.front().summary;
  row.strategy = first.at("strategy");
  first.at("modules").get_to(row.modules);
  row.clients = first.at("clients").size();
  row.costs = costs_of(runs);
  const bool scored = std::ranges::none_of(runs, [](const Run& run) { return run.summary.at("accuracy").at("mean").is_null(); });
  if (!scored) return row;
  const auto percent = [&runs](const char* name) {
    return mean_over(runs, [name](const json& run) { return 100 * run.at("accuracy").at(name).template get<double>(); });
  };
  row.accuracy = percent("mean");
  row.spread = percent("std");
  return row;
}

// Of two runs with one seed, in points; or in `why` what does not match.
std::vector<double> differences_of(const Run& one, const Run& other, std::string& why) {
  const auto &ours = one.summary.at("clients"), &theirs = other.summary.at("clients");
  const bool other_samples = !one.samples.empty() && !other.samples.empty() && one.samples != other.samples;
  if (ours.size() != theirs.size()) {
    why = "one has " + std::to_string(ours.size()) + " clients, the other " + std::to_string(theirs.size());
    return {};
  }
  std::vector<double> differences;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const bool same = ours[i].at("id") == theirs[i].at("id") && ours[i].at("test_samples") == theirs[i].at("test_samples");
    if (!same || other_samples) {
      why = "their clients do not have the same samples";
      return {};
    }
    const auto &a = ours[i].at("accuracy"), &b = theirs[i].at("accuracy");
    if (!a.is_null() && !b.is_null()) differences.push_back(100 * (a.get<double>() - b.get<double>()));
  }
  return differences;
}

std::vector<double> paired(const Runs& runs, const Runs& others, std::string& why) {
  std::vector<double> all;
  bool met = false;
  for (const auto& run : runs) {
    const auto other = std::ranges::find(others, run.seed, &Run::seed);
    if (other == others.end()) continue;
    met = true;
    const auto more = differences_of(run, *other, why);
    if (!why.empty()) return {};
    all.insert(all.end(), more.begin(), more.end());
  }
  if (!met) why = runs.empty() || others.empty() ? "no run of one of them is done" : "no seed is done in both";
  if (met && all.size() < 2) why = "fewer than two clients can be paired";
  return all;
}

Agreement agreement_of(Verdict verdict, double published) {
  if (verdict == Verdict::undecided || published == 0) return Agreement::undecided;
  return (verdict == Verdict::better) == (published > 0) ? Agreement::agrees : Agreement::disagrees;
}

void judge(VariantPair& pair, const std::optional<Published>& ours, const std::optional<Published>& theirs) {
  const bool spread = pair.interval && pair.interval->low < pair.interval->high;  // equal differences say nothing of their spread
  if (spread && pair.interval->low > 0) pair.verdict = Verdict::better;
  if (spread && pair.interval->high < 0) pair.verdict = Verdict::worse;
  if (!ours || !theirs) return;
  pair.published = ours->mean - theirs->mean;
  pair.agreement = agreement_of(pair.verdict, *pair.published);
}

VariantPair pair_of(const Comparison& comparison, const std::vector<Runs>& runs, std::size_t variant, std::size_t against) {
  VariantPair pair{.variant = variant, .against = against};
  const auto &ours = comparison.rows[variant].accuracy, &theirs = comparison.rows[against].accuracy;
  if (ours && theirs) pair.difference = *ours - *theirs;
  const auto differences = paired(runs[variant], runs[against], pair.why);
  pair.clients = differences.size();
  if (pair.why.empty()) {
    pair.interval = paired_interval(differences);
    pair.difference = pair.interval->mean;
  }
  const auto& variants = comparison.results.variants;
  judge(pair, variants[variant].published, variants[against].published);
  return pair;
}

VariantPair turned(VariantPair pair) {
  std::swap(pair.variant, pair.against);
  for (auto* number : {&pair.difference, &pair.published}) {
    if (*number) **number = -**number;
  }
  if (pair.interval) pair.interval = Interval{-pair.interval->mean, -pair.interval->high, -pair.interval->low};
  if (pair.verdict != Verdict::undecided) pair.verdict = pair.verdict == Verdict::better ? Verdict::worse : Verdict::better;
  return pair;
}

}  // namespace

Comparison compared(StudyResults results) {
  Comparison comparison{std::move(results), {}, {}};
  const auto& variants = comparison.results.variants;
  std::vector<Runs> runs;
  for (const auto& variant : variants) runs.push_back(read_runs(comparison.results, variant));
  try {
    for (const auto& of_one : runs) comparison.rows.push_back(row_of(of_one));
    for (std::size_t i = 0; i < variants.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) comparison.pairs.push_back(pair_of(comparison, runs, i, j));
    }
  } catch (const json::exception&) {
    throw Error(Exit::data, comparison.results.folder + ": a run's summary.json is damaged, or of another version");
  }
  return comparison;
}

std::optional<VariantPair> against_baseline(const Comparison& comparison, std::size_t variant) {
  const auto baseline = comparison.results.baseline;
  for (const auto& pair : comparison.pairs) {
    if (pair.variant == variant && pair.against == baseline) return pair;
    if (pair.variant == baseline && pair.against == variant) return turned(pair);
  }
  return {};
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
