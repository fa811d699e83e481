// A column has one unit for all its numbers, so that they can be compared at a glance.
#include "core/report/comparison_table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <string_view>

#include "core/base/text.hpp"
#include "core/report/gains.hpp"

namespace graft::core {

namespace {

std::string fixed(double number, int digits, bool with_sign = false) {
  char text[64];
  std::snprintf(text, sizeof text, with_sign ? "%+.*f" : "%.*f", digits, number);
  return text;
}

using Numbers = std::vector<std::optional<double>>;  // one a variant

struct Unit {
  double size;
  std::string_view name;
};
constexpr std::array kBytes{Unit{1, "B"}, Unit{1024, "KiB"}, Unit{1048576, "MiB"}, Unit{1073741824, "GiB"},
                            Unit{1099511627776, "TiB"}};
constexpr std::array kMacs{Unit{1, "MACs"}, Unit{1e3, "k MACs"}, Unit{1e6, "M MACs"}, Unit{1e9, "G MACs"}, Unit{1e12, "T MACs"}};
constexpr std::array kTimes{Unit{1, "s"}, Unit{60, "min"}, Unit{3600, "h"}};
constexpr std::array kPerByte{Unit{1, "/GB"}, Unit{1e3, "/MB"}, Unit{1e6, "/kB"}};
constexpr std::array kPerFlop{Unit{1, "/EFLOP"}, Unit{1e3, "/PFLOP"}, Unit{1e6, "/TFLOP"}, Unit{1e9, "/GFLOP"}};

// In the order of cost_figures: its head, and its rank.
struct CostHead {
  const char* head;
  int rank;
};
constexpr std::array<CostHead, 8> kCostHeads{
    {{"stored", 1}, {"up", 2}, {"down", 5}, {"in all", 3}, {"forward", 6}, {"training", 4}, {"time", 1}, {"memory", 7}}};

// The largest unit of which the smallest number that is not nothing still has some.
template <std::size_t kCount>
Unit unit_for(const std::array<Unit, kCount>& units, const Numbers& numbers) {
  double least = 0;
  for (const auto& one : numbers) {
    if (one && *one > 0 && (least == 0 || *one < least)) least = *one;
  }
  auto unit = units[0];
  for (const auto& one : units) {
    if (least >= one.size) unit = one;
  }
  return unit;
}

template <std::size_t kCount>
TableColumn column_of(const Numbers& numbers, const std::string& head, const std::array<Unit, kCount>& units, int rank) {
  const auto unit = unit_for(units, numbers);
  TableColumn column{head, std::string(unit.name), {}, Align::right, rank};
  const int digits = unit.name == "B" || unit.name == "MACs" ? 0 : 1;
  for (const auto& one : numbers) column.cells.push_back(one ? fixed(*one / unit.size, digits) : "");
  return column;
}

Numbers figures_of(const Comparison& comparison, const CostFigure& figure) {
  Numbers numbers;
  for (const auto& row : comparison.rows) numbers.push_back(row.costs ? figure.of(*row.costs) : std::nullopt);
  return numbers;
}

// Of accuracy for what was spent.
template <std::size_t kCount>
TableColumn points_column(const Comparison& comparison, const std::string& head, const std::array<Unit, kCount>& units, int rank,
                          std::optional<double> (*points)(const Comparison&, std::size_t)) {
  Numbers numbers;
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) numbers.push_back(points(comparison, i));
  return column_of(numbers, head, units, rank);
}

std::string accuracy_text(const std::optional<Accuracies>& accuracies) {
  return accuracies ? fixed(accuracies->mean, 2) + " ± " + fixed(accuracies->spread, 2) : "";
}

std::string accuracy_cell(const Comparison& comparison, std::size_t variant) {
  const auto& accuracies = comparison.last.accuracies[variant];
  if (accuracies) return accuracy_text(accuracies);
  if (comparison.rows[variant].done > 0) return "no test samples";
  return text_of(state_of(comparison.results.variants[variant]));
}

std::string published_cell(const std::optional<Published>& published) {
  if (!published) return "";
  return fixed(published->mean, 2) + (published->std ? " ± " + fixed(*published->std, 2) : "");
}

std::string interval_cell(const VariantPair& pair) {
  return pair.interval ? "[" + fixed(pair.interval->low, 2) + ", " + fixed(pair.interval->high, 2) + "]" : "";
}

std::string p_cell(const VariantPair& pair) {
  if (!pair.holm) return "";
  return *pair.holm < 0.001 ? "<0.001" : fixed(*pair.holm, 3);
}

std::string says_cell(const VariantPair& pair) {
  if (!pair.difference) return "";
  const auto agreement = text_of(pair.agreement);
  return text_of(pair.verdict) + (agreement.empty() || pair.verdict == Verdict::undecided ? "" : ", " + agreement);
}

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

// "failed: FedRep, seeds 1, 2: plugin 'x' crashed in step"; those that ended alike together.
void add_not_done(std::vector<std::string>& notes, const StudyVariant& variant) {
  for (const auto state : {RunState::failed, RunState::interrupted, RunState::missing}) {
    for (const auto& [why, seeds] : reasons_of(variant, state)) {
      notes.push_back(text_of(state) + ": " + variant.name + ", " + seeds_text(seeds) +
                      (state == RunState::failed ? ": " + why : ""));
    }
  }
}

TableColumns saying_something(TableColumns columns) {
  std::erase_if(columns, [](const TableColumn& column) {
    return std::ranges::all_of(column.cells, [](const std::string& cell) { return cell.empty(); });
  });
  return columns;
}

}  // namespace

std::vector<Cells> rows_of(const TableColumns& columns) {
  Cells heads, units;
  for (const auto& column : columns) {
    heads.push_back(column.head);
    units.push_back(column.unit);
  }
  std::vector<Cells> rows{heads, units};
  for (std::size_t i = 0; i < columns.front().cells.size(); ++i) {
    rows.emplace_back();
    for (const auto& column : columns) rows.back().push_back(column.cells[i]);
  }
  return rows;
}

TableColumn name_column(const Comparison& comparison) {
  TableColumn column{"variant", "", {}, Align::left, 0};
  for (const auto& variant : comparison.results.variants) column.cells.push_back(harmless(variant.name));
  return column;
}

TableColumns accuracy_columns(const Comparison& comparison) {
  TableColumn accuracy{"accuracy", "%", {}}, chosen{"chosen", "%", {}, Align::right, 2},
      worst{"worst 10", "%", {}, Align::right, 3}, published{"published", "%", {}, Align::right, 1};
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const auto& last = comparison.last.accuracies[i];
    accuracy.cells.push_back(accuracy_cell(comparison, i));
    chosen.cells.push_back(comparison.chosen ? accuracy_text(comparison.chosen->accuracies[i]) : "");
    worst.cells.push_back(last ? fixed(last->worst_10, 2) : "");
    published.cells.push_back(published_cell(comparison.results.variants[i].published));
  }
  return saying_something({accuracy, chosen, worst, published});
}

TableColumns difference_columns(const Comparison& comparison) {
  TableColumn difference{"difference", "points", {}}, interval{"95 %", "", {}, Align::right, 1}, p{"p", "", {}, Align::right, 2},
      gain{"gain", "%", {}, Align::right, 3}, says{"", "", {}, Align::left, 0};
  for (const auto& to_baseline : comparison.last.to_baseline) {
    const auto pair = to_baseline.value_or(VariantPair{});
    difference.cells.push_back(pair.difference ? fixed(*pair.difference, 2, true) : "");
    interval.cells.push_back(interval_cell(pair));
    p.cells.push_back(p_cell(pair));
    gain.cells.push_back(pair.interval ? fixed(100 * pair.gain, 0) : "");
    says.cells.push_back(says_cell(pair));
  }
  return saying_something({difference, interval, p, gain, says});
}

TableColumns cost_columns(const Comparison& comparison) {
  TableColumns columns;
  const auto add = [&](std::size_t figure, const auto& units) {
    const auto& [head, rank] = kCostHeads[figure];
    columns.push_back(column_of(figures_of(comparison, cost_figures()[figure]), head, units, rank));
  };
  for (const std::size_t bytes : {0, 1, 2, 3}) add(bytes, kBytes);
  for (const std::size_t macs : {4, 5}) add(macs, kMacs);
  add(6, kTimes);
  add(7, kBytes);
  return saying_something(std::move(columns));
}

TableColumns relative_columns(const Comparison& comparison) {
  if (comparison.rows.size() < 2) return {};
  TableColumns columns;
  for (std::size_t figure = 0; figure < kCostHeads.size(); ++figure) {
    const auto& [head, rank] = kCostHeads[figure];
    TableColumn column{head, "×", {}, Align::right, rank};
    for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
      const auto multiple = multiple_of(comparison, i, cost_figures()[figure]);
      column.cells.push_back(multiple ? fixed(*multiple, 2) : "");
    }
    columns.push_back(std::move(column));
  }
  columns.push_back(points_column(comparison, "points", kPerByte, 3, points_per_gigabyte));
  columns.push_back(points_column(comparison, "points", kPerFlop, 4, points_per_exaflop));
  return saying_something(std::move(columns));
}

std::vector<std::string> comparison_notes(const Comparison& comparison) {
  auto notes = reading_notes(comparison);
  const auto& variants = comparison.results.variants;
  const auto done = [&](std::size_t i) { return comparison.rows[i].done > 0; };
  for (std::size_t i = 0; i < variants.size(); ++i) {
    const auto& pair = comparison.last.to_baseline[i];
    if (pair && !pair->why.empty() && done(i) && done(comparison.results.baseline)) {
      notes.push_back("no interval for " + variants[i].name + ": " + pair->why);
    }
    const auto runs = variants[i].runs.size();
    if (done(i) && comparison.rows[i].done < runs) {
      notes.push_back(variants[i].name + ": " + std::to_string(comparison.rows[i].done) + " of " + std::to_string(runs) + " seeds");
    }
  }
  for (const auto& variant : variants) add_not_done(notes, variant);
  for (auto& note : notes) note = harmless(note);
  return notes;
}

std::string comparison_title(const Comparison& comparison) {
  return many_text(std::int64_t(comparison.rows.size()), "variant") + ", " + seeds_text(all_seeds(comparison.results));
}

}  // namespace graft::core
