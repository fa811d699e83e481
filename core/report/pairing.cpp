// Clients that do not have the same samples are not paired.
#include "core/report/pairing.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/report/wilcoxon.hpp"

namespace graft::core {

namespace {

using nlohmann::json;

constexpr double kAlpha = 0.05;
constexpr double kFinest = 1e9;  // a point's parts: fractions of unlike samples that are equal differ in their last bits

// Of two runs with one seed, in points; or in `why` what does not match.
std::vector<double> differences_of(const ScoredRun& one, const ScoredRun& other, ClientsOf clients_of, std::string& why) {
  const auto &ours = clients_of(one.summary), &theirs = clients_of(other.summary);
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
    if (a.is_null() || b.is_null()) continue;
    differences.push_back(std::round(100 * (a.get<double>() - b.get<double>()) * kFinest) / kFinest);
  }
  return differences;
}

// A list of each of the pair's seeds; or in its `why` what does not match.
PairedDifferences paired(const ScoredRuns& runs, const ScoredRuns& others, ClientsOf clients_of, VariantPair& pair) {
  PairedDifferences all;
  auto& why = pair.why;
  std::size_t count = 0;
  for (const auto& run : runs) {
    const auto other = std::ranges::find(others, run.seed, &ScoredRun::seed);
    if (other == others.end()) continue;
    pair.seeds.push_back(run.seed);
    auto more = differences_of(run, *other, clients_of, why);
    if (!why.empty()) return {};
    count += more.size();
    if (!more.empty()) all.push_back(std::move(more));
  }
  const bool met = !pair.seeds.empty();
  if (!met) why = runs.empty() || others.empty() ? "one of them has no scores" : "no seed is done in both";
  if (met && count < 2) why = "fewer than two clients can be paired";
  return all;
}

void weigh(VariantPair& pair, const PairedDifferences& differences) {
  std::vector<double> all;
  for (const auto& of_seed : differences) all.insert(all.end(), of_seed.begin(), of_seed.end());
  pair.clients = all.size();
  const auto share = [&all](const auto& which) { return double(std::ranges::count_if(all, which)) / double(all.size()); };
  pair.gain = share([](double one) { return one > 0; });
  pair.lose = share([](double one) { return one < 0; });
  pair.interval = bootstrap_interval(differences);
  pair.difference = pair.interval->mean;
  pair.p = wilcoxon_p(all);
}

VariantPair turned(VariantPair pair) {
  std::swap(pair.variant, pair.against);
  std::swap(pair.gain, pair.lose);
  for (auto* number : {&pair.difference, &pair.published}) {
    if (*number) **number = 0 - **number;  // no -0
  }
  if (pair.interval) pair.interval = Interval{0 - pair.interval->mean, 0 - pair.interval->high, 0 - pair.interval->low};
  return pair;
}

Agreement agreement_of(Verdict verdict, double published) {
  if (verdict == Verdict::undecided || published == 0) return Agreement::undecided;
  return (verdict == Verdict::better) == (published > 0) ? Agreement::agrees : Agreement::disagrees;
}

// Decided where the interval leaves out 0 and p, corrected, is below 5 %.
void judge(VariantPair& pair) {
  const bool spread = pair.interval && pair.interval->low < pair.interval->high;  // equal differences say nothing of their spread
  const bool sure = spread && pair.holm.value_or(1) < kAlpha;
  if (sure && pair.interval->low > 0) pair.verdict = Verdict::better;
  if (sure && pair.interval->high < 0) pair.verdict = Verdict::worse;
  if (pair.published) pair.agreement = agreement_of(pair.verdict, *pair.published);
}

// Of tests that are read together.
void correct(const std::vector<VariantPair*>& pairs) {
  std::vector<std::optional<double>> ps;
  for (const auto* pair : pairs) ps.push_back(pair->p);
  const auto corrected = holm_corrected(ps);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i]->holm = corrected[i];
    judge(*pairs[i]);
  }
}

VariantPair pair_of(const Moment& moment, const StudyResults& results, const std::vector<ScoredRuns>& runs, ClientsOf clients_of,
                    std::size_t variant, std::size_t against) {
  VariantPair pair{.variant = variant, .against = against};
  const auto &ours = moment.accuracies[variant], &theirs = moment.accuracies[against];
  if (ours && theirs) pair.difference = ours->mean - theirs->mean;
  const auto differences = paired(runs[variant], runs[against], clients_of, pair);
  if (pair.why.empty()) weigh(pair, differences);
  const auto &published = results.variants[variant].published, &other = results.variants[against].published;
  if (published && other) pair.published = published->mean - other->mean;
  return pair;
}

}  // namespace

void pair_up(Moment& moment, const StudyResults& results, const std::vector<ScoredRuns>& runs, ClientsOf clients_of, Pairs pairs) {
  moment.to_baseline.resize(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (pairs != Pairs::all && i != results.baseline && j != results.baseline) continue;
      const auto pair = pair_of(moment, results, runs, clients_of, i, j);
      if (j == results.baseline) moment.to_baseline[i] = pair;
      if (i == results.baseline) moment.to_baseline[j] = turned(pair);
      if (pairs == Pairs::all) moment.pairs.push_back(pair);
    }
  }
  std::vector<VariantPair*> all, of_baseline;
  for (auto& pair : moment.pairs) all.push_back(&pair);
  for (auto& pair : moment.to_baseline) {
    if (pair) of_baseline.push_back(&*pair);
  }
  correct(all);
  correct(of_baseline);
}

}  // namespace graft::core
