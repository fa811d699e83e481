// A column has one unit for all its numbers, so that they can be compared at a glance.
#include "core/report/comparison_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <string_view>

#include "core/base/text.hpp"
#include "core/report/gains.hpp"

namespace graft::core {

namespace {

// What stands exactly in the middle is rounded away from 0, as the page's numbers are.
std::string fixed(double number, int digits, bool with_sign = false) {
  char text[64];
  number = std::nextafter(number, number < 0 ? -HUGE_VAL : HUGE_VAL);
  std::snprintf(text, sizeof text, with_sign ? "%+.*f" : "%.*f", digits, number);
  const std::string_view shown = text;
  const bool zero = shown.find_first_of("123456789") == std::string_view::npos;  // which has no sign
  return std::string(zero ? shown.substr(shown.find_first_not_of("+-")) : shown);
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

TableColumns spread_columns(const Moment& moment) {
  TableColumn over_seeds{"over seeds", "%", {}}, weighted{"weighted", "%", {}}, tenth{"worst 10", "%", {}},
      quarter{"worst 25", "%", {}}, jain{"Jain", "", {}};
  for (const auto& accuracies : moment.accuracies) {
    const auto cell = [&](double number, int digits = 2) { return accuracies ? fixed(number, digits) : ""; };
    const auto one = accuracies.value_or(Accuracies{});
    over_seeds.cells.push_back(one.over_seeds ? fixed(*one.over_seeds, 2) : "");
    weighted.cells.push_back(cell(one.weighted));
    tenth.cells.push_back(cell(one.worst_10));
    quarter.cells.push_back(cell(one.worst_25));
    jain.cells.push_back(cell(one.jain, 3));
  }
  return saying_something({over_seeds, weighted, tenth, quarter, jain});
}

TableColumns chosen_columns(const Moment& moment) {
  TableColumn accuracy{"chosen", "%", {}}, round{"round", "", {}};
  for (const auto& accuracies : moment.accuracies) {
    accuracy.cells.push_back(accuracy_text(accuracies));
    round.cells.push_back(accuracies && accuracies->round ? fixed(*accuracies->round, 1) : "");
  }
  return saying_something({accuracy, round});
}

TableColumns difference_columns(const Moment& moment) {
  TableColumn difference{"difference", "points", {}}, interval{"95 %", "", {}, Align::right, 1}, p{"p", "", {}, Align::right, 2},
      gain{"gain", "%", {}, Align::right, 3}, says{"verdict", "", {}, Align::left, 0};
  for (const auto& to_baseline : moment.to_baseline) {
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

std::vector<PaperTable> paper_tables(const Comparison& comparison) {
  std::vector<PaperTable> tables;
  const auto add = [&](const std::string& title, std::vector<TableColumns> groups) {
    TableColumns table{name_column(comparison)};
    for (auto& group : groups) std::ranges::move(group, std::back_inserter(table));
    if (table.size() > 1) tables.push_back({title, std::move(table)});
  };
  add("After the last round", {accuracy_columns(comparison), difference_columns(comparison.last)});
  add("After the last round: who is left behind", {spread_columns(comparison.last)});
  if (comparison.chosen) {
    add("After the chosen round", {chosen_columns(*comparison.chosen), difference_columns(*comparison.chosen)});
    add("After the chosen round: who is left behind", {spread_columns(*comparison.chosen)});
  }
  add("Costs", {cost_columns(comparison)});
  add("Costs as multiples, and accuracy for them", {relative_columns(comparison)});
  return tables;
}

}  // namespace graft::core
