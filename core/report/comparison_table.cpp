// A column has one unit for all its numbers, so that they can be compared at a glance.
#include "core/report/comparison_table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <set>

#include "core/base/text.hpp"

namespace graft::core {

namespace {

std::string fixed(double number, int digits, bool with_sign = false) {
  char text[64];
  std::snprintf(text, sizeof text, with_sign ? "%+.*f" : "%.*f", digits, number);
  return text;
}

struct Unit {
  double size;
  const char* name;
};
constexpr std::array kBytes{Unit{1, "B"}, Unit{1024, "KiB"}, Unit{1048576, "MiB"}, Unit{1073741824, "GiB"},
                            Unit{1099511627776, "TiB"}};
constexpr std::array kMacs{Unit{1, "MACs"}, Unit{1e3, "k MACs"}, Unit{1e6, "M MACs"}, Unit{1e9, "G MACs"}, Unit{1e12, "T MACs"}};
constexpr std::array kTimes{Unit{1, "s"}, Unit{60, "min"}, Unit{3600, "h"}};

// The largest unit of which the smallest number that is not nothing still has some.
template <std::size_t kCount>
Unit unit_for(const std::array<Unit, kCount>& units, const std::vector<double>& numbers) {
  double least = 0;
  for (const double one : numbers) {
    if (one > 0 && (least == 0 || one < least)) least = one;
  }
  auto unit = units[0];
  for (const auto& one : units) {
    if (least >= one.size) unit = one;
  }
  return unit;
}

using Figure = std::function<std::optional<double>(const VariantCosts&)>;

template <std::size_t kCount>
TableColumn column_of(const Comparison& comparison, const std::string& head, const std::array<Unit, kCount>& units, int rank,
                      const Figure& figure) {
  std::vector<double> numbers;
  for (const auto& row : comparison.rows) {
    if (const auto one = row.costs ? figure(*row.costs) : std::nullopt) numbers.push_back(*one);
  }
  const auto unit = unit_for(units, numbers);
  TableColumn column{head, unit.name, {}, Align::right, rank};
  for (const auto& row : comparison.rows) {
    const auto one = row.costs ? figure(*row.costs) : std::nullopt;
    const int digits = unit.size == 1 && std::string(unit.name) != "s" ? 0 : 1;
    column.cells.push_back(one ? fixed(*one / unit.size, digits) : "");
  }
  return column;
}

std::string accuracy_cell(const Comparison& comparison, std::size_t variant) {
  const auto& row = comparison.rows[variant];
  if (row.accuracy) return fixed(*row.accuracy, 2) + " ± " + fixed(*row.spread, 2);
  if (row.done > 0) return "no test samples";
  auto state = RunState::missing;
  for (const auto& run : comparison.results.variants[variant].runs) state = std::max(state, run.state);
  return text_of(state);
}

std::string published_cell(const std::optional<Published>& published) {
  if (!published) return "";
  return fixed(published->mean, 2) + (published->std ? " ± " + fixed(*published->std, 2) : "");
}

std::string interval_cell(const VariantPair& pair) {
  return pair.interval ? "[" + fixed(pair.interval->low, 2) + ", " + fixed(pair.interval->high, 2) + "]" : "";
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
  const bool shown = std::ranges::any_of(comparison.rows, [](const VariantRow& row) { return row.accuracy.has_value(); });
  if (!shown) return {};
  std::vector<std::string> notes{std::string("accuracy: mean ± deviation over clients, in percent") +
                                 (one_seed ? "" : ", both as means over the seeds")};
  notes.emplace_back("stored: a client; up, down: a client and round; in all: a run; forward: a sample");
  const bool training = std::ranges::any_of(comparison.rows, [](const auto& row) { return row.costs && row.costs->training_macs; });
  if (training) notes.back() += "; training: a sample and round";
  if (variants.size() < 2) return notes;
  notes.push_back("difference: in points to " + variants[comparison.results.baseline].name +
                  ", with its 95 % interval (Student's, paired over clients" + (one_seed ? ")" : " and seeds)"));
  const bool published = std::ranges::any_of(comparison.pairs, [](const auto& pair) { return pair.published.has_value(); });
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

TableColumn name_column(const Comparison& comparison) {
  TableColumn column{"variant", "", {}, Align::left, 0};
  for (const auto& variant : comparison.results.variants) column.cells.push_back(harmless(variant.name));
  return column;
}

TableColumns accuracy_columns(const Comparison& comparison) {
  TableColumn accuracy{"accuracy", "%", {}}, published{"published", "%", {}, Align::right, 1};
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    accuracy.cells.push_back(accuracy_cell(comparison, i));
    published.cells.push_back(published_cell(comparison.results.variants[i].published));
  }
  return saying_something({accuracy, published});
}

TableColumns difference_columns(const Comparison& comparison) {
  TableColumn difference{"difference", "points", {}}, interval{"95 %", "", {}, Align::right, 1}, says{"", "", {}, Align::left, 0};
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const auto pair = against_baseline(comparison, i).value_or(VariantPair{});
    difference.cells.push_back(pair.difference ? fixed(*pair.difference, 2, true) : "");
    interval.cells.push_back(interval_cell(pair));
    says.cells.push_back(says_cell(pair));
  }
  return saying_something({difference, interval, says});
}

TableColumns cost_columns(const Comparison& comparison) {
  const auto add = [&](const char* head, const auto& units, int rank, const Figure& figure) {
    return column_of(comparison, head, units, rank, figure);
  };
  return saying_something({add("stored", kBytes, 1, [](const auto& c) { return c.stored_bytes; }),
                           add("up", kBytes, 2, [](const auto& c) { return c.upload_bytes; }),
                           add("down", kBytes, 5, [](const auto& c) { return c.download_bytes; }),
                           add("in all", kBytes, 3, [](const auto& c) { return c.total_bytes; }),
                           add("forward", kMacs, 6, [](const auto& c) { return c.forward_macs; }),
                           add("training", kMacs, 4, [](const auto& c) { return c.training_macs; }),
                           add("time", kTimes, 1, [](const auto& c) { return c.seconds; }),
                           add("memory", kBytes, 7, [](const auto& c) { return c.peak_memory_bytes; })});
}

std::vector<std::string> comparison_notes(const Comparison& comparison) {
  auto notes = reading_notes(comparison);
  const auto& variants = comparison.results.variants;
  const auto done = [&](std::size_t i) { return comparison.rows[i].done > 0; };
  for (std::size_t i = 0; i < variants.size(); ++i) {
    const auto pair = against_baseline(comparison, i);
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
