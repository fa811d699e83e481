// A comparison for programs: CSV and JSON, numbers as doubles read back.
#include <charconv>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/base/text.hpp"
#include "core/report/comparison_text.hpp"

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
  const auto costs = row.costs.value_or(VariantCosts{});
  const auto figure = [&row](double number) { return row.costs ? ordered_json(number) : ordered_json(); };
  return {{"stored_bytes_per_client", figure(costs.stored_bytes)},
          {"upload_bytes_per_client_round", figure(costs.upload_bytes)},
          {"download_bytes_per_client_round", figure(costs.download_bytes)},
          {"total_bytes", figure(costs.total_bytes)},
          {"forward_macs_per_sample", figure(costs.forward_macs)},
          {"training_macs_per_sample_round", maybe(costs.training_macs)},
          {"seconds", figure(costs.seconds)},
          {"peak_memory_bytes", figure(costs.peak_memory_bytes)}};
}

// The pair's keys, without who they are.
ordered_json pair_json(const VariantPair& pair) {
  const auto& interval = pair.interval;
  return {{"difference", maybe(pair.difference)},
          {"low", interval ? ordered_json(interval->low) : ordered_json()},
          {"high", interval ? ordered_json(interval->high) : ordered_json()},
          {"pairs", pair.clients},
          {"verdict", pair.difference ? ordered_json(text_of(pair.verdict)) : ordered_json()},
          {"published_difference", maybe(pair.published)},
          {"agreement", pair.agreement == Agreement::none ? ordered_json() : ordered_json(text_of(pair.agreement))},
          {"why", pair.why.empty() ? ordered_json() : ordered_json(pair.why)}};
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
                       {"accuracy", maybe(row.accuracy)},
                       {"accuracy_std", maybe(row.spread)},
                       {"published", published ? ordered_json(published->mean) : ordered_json()},
                       {"published_std", published ? maybe(published->std) : ordered_json()}};
  json.update(pair_json(against_baseline(comparison, number).value_or(VariantPair{})));
  json.update(costs_json(row));
  return json;
}

ordered_json of_pair(const Comparison& comparison, const VariantPair& pair) {
  const auto& variants = comparison.results.variants;
  ordered_json json = {{"variant", variants[pair.variant].name}, {"against", variants[pair.against].name}};
  json.update(pair_json(pair));
  return json;
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
  std::vector<ordered_json> rows;
  for (const auto& pair : comparison.pairs) rows.push_back(of_pair(comparison, pair));
  ordered_json like = {{"variant", ""}, {"against", ""}};
  like.update(pair_json({}));
  return csv_of(rows, like);
}

std::string comparison_json(const Comparison& comparison) {
  const auto& results = comparison.results;
  ordered_json json = {{"name", results.name},
                       {"folder", results.folder},
                       {"baseline", results.variants[results.baseline].name},
                       {"variants", ordered_json::array()},
                       {"pairs", ordered_json::array()}};
  for (std::size_t i = 0; i < results.variants.size(); ++i) {
    auto variant = variant_json(comparison, i);
    for (const auto& run : results.variants[i].runs) variant["runs"].push_back(run_json(run));
    json["variants"].push_back(std::move(variant));
  }
  for (const auto& pair : comparison.pairs) json["pairs"].push_back(of_pair(comparison, pair));
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace graft::core
