// Notes in the order in which a reader meets what they are of.
#include "core/report/comparison_notes.hpp"

#include <algorithm>
#include <set>

#include "core/base/text.hpp"

namespace graft::core {

namespace {

std::vector<std::uint64_t> all_seeds(const StudyResults& results) {
  std::set<std::uint64_t> seeds;
  for (const auto& variant : results.variants) {
    for (const auto& run : variant.runs) seeds.insert(run.seed);
  }
  return {seeds.begin(), seeds.end()};
}

std::string seeds_text(const std::vector<std::uint64_t>& seeds) {
  std::vector<std::string> words;
  for (const auto seed : seeds) words.push_back(std::to_string(seed));
  return (seeds.size() == 1 ? "seed " : "seeds ") + joined(words);
}

std::vector<std::string> reading_notes(const Comparison& comparison) {
  const auto& variants = comparison.results.variants;
  const bool one_seed = all_seeds(comparison.results).size() == 1;
  const bool shown = std::ranges::any_of(comparison.last.accuracies, [](const auto& one) { return one.has_value(); });
  if (!shown) return {};
  std::vector<std::string> notes{std::string("accuracy: mean ± deviation over clients, in percent") +
                                 (one_seed ? "" : ", both as means over the seeds")};
  if (comparison.chosen) notes.emplace_back("chosen: after the round that did best on validation samples");
  notes.emplace_back("worst 10: mean of the worst tenth of the clients");
  const bool training = std::ranges::any_of(comparison.rows, [](const auto& row) { return row.costs && row.costs->training_macs; });
  notes.push_back(std::string("stored: a client; up, down: a client and round; in all: a run; forward: a sample") +
                  (training ? "; training: a sample and round" : ""));
  if (variants.size() < 2) return notes;
  notes.push_back("×: times what " + variants[comparison.reference].name +
                  " costs; points: of accuracy for what the run sends, and for what training computes");
  notes.push_back("difference: in points to " + variants[comparison.results.baseline].name +
                  ", with its 95 % interval (bootstrap, paired over clients" + (one_seed ? ")" : " and seeds)") +
                  "; p: Wilcoxon's, corrected by Holm; gain: share of clients that are better off");
  const bool published = std::ranges::any_of(comparison.last.pairs, [](const auto& pair) { return pair.published.has_value(); });
  if (published) notes.emplace_back("agrees, disagrees: with the order of the two as published");
  return notes;
}

struct Reason {
  std::string why;
  std::vector<std::uint64_t> seeds;
};

// Of a variant's runs that ended like this, in their order.
std::vector<Reason> reasons_of(const StudyVariant& variant, RunState state) {
  std::vector<Reason> reasons;
  for (const auto& run : variant.runs) {
    if (run.state != state) continue;
    auto at = std::ranges::find(reasons, run.why, &Reason::why);
    if (at == reasons.end()) at = reasons.insert(at, {run.why, {}});
    at->seeds.push_back(run.seed);
  }
  return reasons;
}

// What the difference to the baseline lacks.
void add_of_pair(std::vector<std::string>& notes, const Comparison& comparison, std::size_t variant) {
  const auto& pair = comparison.last.to_baseline[variant];
  const auto done = comparison.rows[variant].done, of_baseline = comparison.rows[comparison.results.baseline].done;
  if (!pair || done == 0 || of_baseline == 0) return;
  const auto& name = comparison.results.variants[variant].name;
  if (!pair->why.empty()) return notes.push_back("no interval for " + name + ": " + pair->why);
  if (pair->seeds.size() < std::max(done, of_baseline))
    notes.push_back("difference of " + name + ": with " + seeds_text(pair->seeds) + " alone, done in both");
}

// What a variant's figures are only part of.
void add_of_parts(std::vector<std::string>& notes, const Comparison& comparison, std::size_t variant) {
  const auto& name = comparison.results.variants[variant].name;
  const auto done = comparison.rows[variant].done, runs = comparison.results.variants[variant].runs.size();
  if (done > 0 && done < runs) notes.push_back(name + ": " + std::to_string(done) + " of " + std::to_string(runs) + " seeds");
  if (comparison.chosen && done > 0 && !comparison.chosen->accuracies[variant])
    notes.push_back("no chosen round of " + name + ": not all of its runs have validation samples");
}

// Times of runs that had more processors, or fewer, are no comparison.
void add_of_threads(std::vector<std::string>& notes, const Comparison& comparison) {
  std::set<std::int64_t> threads;
  for (const auto& row : comparison.rows) threads.insert(row.threads.begin(), row.threads.end());
  if (threads.size() < 2) return;
  std::vector<std::string> words;
  for (const auto one : threads) words.push_back(std::to_string(one));
  notes.push_back("time: not to be compared, the runs had " + joined(words) + " threads");
}

// "failed: FedRep, seeds 1, 2: plugin 'x' crashed in step"; those that ended alike together.
void add_not_done(std::vector<std::string>& notes, const StudyVariant& variant) {
  for (const auto state : {RunState::failed, RunState::interrupted, RunState::missing}) {
    for (const auto& [why, seeds] : reasons_of(variant, state)) {
      notes.push_back(text_of(state) + ": " + variant.name + ", " + seeds_text(seeds) +
                      (state == RunState::failed ? ": " + why : ""));
    }
  }
}

}  // namespace

std::vector<std::string> comparison_notes(const Comparison& comparison) {
  auto notes = reading_notes(comparison);
  const auto& variants = comparison.results.variants;
  for (std::size_t i = 0; i < variants.size(); ++i) add_of_pair(notes, comparison, i);
  for (std::size_t i = 0; i < variants.size(); ++i) add_of_parts(notes, comparison, i);
  add_of_threads(notes, comparison);
  for (const auto& variant : variants) add_not_done(notes, variant);
  for (auto& note : notes) note = harmless(note);
  return notes;
}

std::string comparison_title(const Comparison& comparison) {
  return many_text(std::int64_t(comparison.rows.size()), "variant") + ", " + seeds_text(all_seeds(comparison.results));
}

}  // namespace graft::core
