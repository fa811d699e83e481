// A comparison for programs: CSV and JSON, numbers as doubles read back.
#include <charconv>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/base/text.hpp"
#include "core/report/comparison_text.hpp"
#include "core/report/gains.hpp"

namespace graft::core {

namespace {

using nlohmann::ordered_json;

ordered_json maybe(const std::optional<double>& number) { return number ? ordered_json(*number) : ordered_json(); }

ordered_json seeds_of(const StudyVariant& variant, RunState state) {
  auto seeds = ordered_json::array();
  for (const auto& run : variant.runs) {
    if (run.state == state) seeds.push_back(run.seed);
  }
  return seeds;
}

ordered_json costs_json(const VariantRow& row) {
  ordered_json json;
  for (const auto& figure : cost_figures()) json[figure.name] = row.costs ? maybe(figure.of(*row.costs)) : ordered_json();
  json["training_macs"] = row.costs ? maybe(row.costs->all_training_macs) : ordered_json();
  return json;
}

// Costs as multiples of the reference's, and accuracy for what is sent and computed.
ordered_json gains_json(const Comparison& comparison, std::size_t number) {
  ordered_json json;
  for (const auto& figure : cost_figures()) {
    json["times_" + std::string(figure.name)] = maybe(multiple_of(comparison, number, figure));
  }
  json["points_per_gigabyte"] = maybe(points_per_gigabyte(comparison, number));
  json["points_per_exaflop"] = maybe(points_per_exaflop(comparison, number));
  return json;
}

ordered_json accuracies_json(const std::optional<Accuracies>& given) {
  const auto accuracies = given.value_or(Accuracies{});
  const auto figure = [&given](double number) { return given ? ordered_json(number) : ordered_json(); };
  return {{"accuracy", figure(accuracies.mean)},
          {"accuracy_std", figure(accuracies.spread)},
          {"accuracy_std_over_seeds", maybe(accuracies.over_seeds)},
          {"weighted_accuracy", figure(accuracies.weighted)},
          {"worst_10", figure(accuracies.worst_10)},
          {"worst_25", figure(accuracies.worst_25)},
          {"jain", figure(accuracies.jain)}};
}

// The pair's keys, without who they are and what is published.
ordered_json pair_json(const VariantPair& pair) {
  const auto& interval = pair.interval;
  const auto of_pairs = [&interval](double number) { return interval ? ordered_json(number) : ordered_json(); };
  return {{"difference", maybe(pair.difference)},
          {"low", interval ? ordered_json(interval->low) : ordered_json()},
          {"high", interval ? ordered_json(interval->high) : ordered_json()},
          {"pairs", pair.clients},
          {"gain", of_pairs(pair.gain)},
          {"lose", of_pairs(pair.lose)},
          {"p", maybe(pair.p)},
          {"p_holm", maybe(pair.holm)},
          {"verdict", pair.difference ? ordered_json(text_of(pair.verdict)) : ordered_json()},
          {"published_difference", maybe(pair.published)},
          {"agreement", pair.agreement == Agreement::none ? ordered_json() : ordered_json(text_of(pair.agreement))},
          {"why", pair.why.empty() ? ordered_json() : ordered_json(pair.why)}};
}

ordered_json moment_json(const Moment& moment, std::size_t number) {
  auto json = accuracies_json(moment.accuracies[number]);
  json.update(pair_json(moment.to_baseline[number].value_or(VariantPair{})));
  return json;
}

ordered_json variant_json(const Comparison& comparison, std::size_t number) {
  const auto& variant = comparison.results.variants[number];
  const auto& row = comparison.rows[number];
  const auto& published = variant.published;
  ordered_json json = {{"variant", variant.name},
                       {"strategy", row.strategy},
                       {"modules", row.modules},
                       {"done", seeds_of(variant, RunState::done)},
                       {"failed", seeds_of(variant, RunState::failed)},
                       {"clients", row.clients},
                       {"published", published ? ordered_json(published->mean) : ordered_json()},
                       {"published_std", published ? maybe(published->std) : ordered_json()}};
  json.update(moment_json(comparison.last, number));
  if (comparison.chosen) {
    const auto& accuracies = comparison.chosen->accuracies[number];
    json["chosen_round"] = accuracies ? maybe(accuracies->round) : ordered_json();
    const auto chosen = moment_json(*comparison.chosen, number);
    for (const auto& [key, value] : chosen.items()) json["chosen_" + key] = value;
  }
  json.update(costs_json(row));
  json.update(gains_json(comparison, number));
  return json;
}

ordered_json of_pair(const Comparison& comparison, const VariantPair& pair, const char* at) {
  const auto& variants = comparison.results.variants;
  ordered_json json = {{"at", at}, {"variant", variants[pair.variant].name}, {"against", variants[pair.against].name}};
  json.update(pair_json(pair));
  return json;
}

std::vector<ordered_json> pair_rows(const Comparison& comparison) {
  std::vector<ordered_json> rows;
  for (const auto& pair : comparison.last.pairs) rows.push_back(of_pair(comparison, pair, "last"));
  if (!comparison.chosen) return rows;
  for (const auto& pair : comparison.chosen->pairs) rows.push_back(of_pair(comparison, pair, "chosen"));
  return rows;
}

std::string cell(const ordered_json& value) {
  if (value.is_null()) return "";
  if (value.is_array()) {
    std::vector<std::string> parts;
    for (const auto& one : value) parts.push_back(cell(one));
    return joined(parts, " ");
  }
  if (!value.is_number_float()) return value.is_string() ? value.get<std::string>() : value.dump();
  char text[32];
  const auto end = std::to_chars(std::begin(text), std::end(text), value.get<double>()).ptr;
  return {std::begin(text), end};
}

// A line a row, the keys of the first one above them.
std::string csv_of(const std::vector<ordered_json>& rows, const ordered_json& like) {
  std::vector<std::string> heads;
  for (const auto& [key, value] : like.items()) heads.push_back(key);
  std::string text = joined(heads, ",") + "\n";
  for (const auto& row : rows) {
    std::vector<std::string> cells;
    for (const auto& head : heads) cells.push_back(csv_cell(cell(row.at(head))));
    text += joined(cells, ",") + "\n";
  }
  return text;
}

}  // namespace

ordered_json run_json(const StudyRun& run) {
  ordered_json json = {{"seed", run.seed}, {"state", text_of(run.state)}, {"folder", run.folder}};
  if (run.state == RunState::failed) json.update({{"status", run.status}, {"why", run.why}});
  return json;
}

std::string comparison_csv(const Comparison& comparison) {
  std::vector<ordered_json> rows;
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) rows.push_back(variant_json(comparison, i));
  return csv_of(rows, rows.front());
}

std::string pairs_csv(const Comparison& comparison) {
  ordered_json like = {{"at", ""}, {"variant", ""}, {"against", ""}};
  like.update(pair_json({}));
  return csv_of(pair_rows(comparison), like);
}

std::string comparison_json(const Comparison& comparison) {
  const auto& results = comparison.results;
  ordered_json json = {{"name", results.name},
                       {"folder", results.folder},
                       {"baseline", results.variants[results.baseline].name},
                       {"costs_relative_to", results.variants[comparison.reference].name},
                       {"variants", ordered_json::array()},
                       {"pairs", ordered_json::array()}};
  for (std::size_t i = 0; i < results.variants.size(); ++i) {
    auto variant = variant_json(comparison, i);
    for (const auto& run : results.variants[i].runs) variant["runs"].push_back(run_json(run));
    json["variants"].push_back(std::move(variant));
  }
  for (auto& pair : pair_rows(comparison)) json["pairs"].push_back(std::move(pair));
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace graft::core
