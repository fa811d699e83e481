// Spreads over clients, and the lines of rounds.jsonl.
#include "core/rounds/history.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "core/base/quantile.hpp"

namespace graft::core {

namespace {

constexpr Spread kNothing{kNotScored, kNotScored, kNotScored, kNotScored, kNotScored, kNotScored,
                          kNotScored, kNotScored, kNotScored, kNotScored, kNotScored, kNotScored};

double mean_of_first(const std::vector<double>& sorted, std::int64_t percent) {
  const auto count = (percent * std::int64_t(sorted.size()) + 99) / 100;  // rounded up
  return std::accumulate(sorted.begin(), sorted.begin() + count, 0.0) / double(count);
}

double jain_index(const std::vector<double>& values) {
  double sum = 0, squares = 0;
  for (const double one : values) {
    sum += one;
    squares += one * one;
  }
  return squares > 0 ? sum * sum / (double(values.size()) * squares) : 1;
}

}  // namespace

Spread spread_of(const std::vector<Score>& scores) {
  std::vector<double> sorted;
  Spread spread;
  double samples = 0, right = 0;
  for (const auto& score : scores) {
    if (score.test_samples == 0) continue;
    sorted.push_back(score.accuracy);
    samples += double(score.test_samples);
    right += score.accuracy * double(score.test_samples);
    spread.mean += score.accuracy;
    spread.loss += score.loss;
  }
  if (sorted.empty()) return kNothing;
  const auto count = double(sorted.size());
  spread.mean /= count;
  spread.loss /= count;
  spread.weighted_mean = right / samples;
  for (const auto value : sorted) spread.std += (value - spread.mean) * (value - spread.mean);
  spread.std = std::sqrt(spread.std / count);
  std::sort(sorted.begin(), sorted.end());
  spread.min = sorted.front();
  spread.p10 = quantile(sorted, 0.1);
  spread.median = quantile(sorted, 0.5);
  spread.p90 = quantile(sorted, 0.9);
  spread.max = sorted.back();
  spread.worst_10 = mean_of_first(sorted, 10);
  spread.worst_25 = mean_of_first(sorted, 25);
  spread.jain = jain_index(sorted);
  return spread;
}

Spread validation_spread_of(const std::vector<Score>& scores) {
  std::vector<Score> validated;
  for (const auto& one : scores) {
    validated.push_back({one.client, one.validation_samples, one.validation_accuracy, one.validation_loss});
  }
  return spread_of(validated);
}

void Scored::take(std::int64_t round, std::vector<Score> scores) {
  newest = std::move(scores);
  const double now = validation_spread_of(newest).mean, best = validation_spread_of(chosen).mean;
  if (std::isnan(now) || now <= best) return;
  chosen = newest;
  chosen_round = round;
}

std::string to_json_line(const RoundRecord& record) {
  nlohmann::ordered_json line = {{"round", record.round},
                                 {"cohort", record.cohort},
                                 {"train_loss", record.train_loss},
                                 {"turns", record.turns},
                                 {"client_steps", record.steps},
                                 {"samples", record.samples},
                                 {"upload_bytes", std::int64_t(record.upload_bytes)},
                                 {"download_bytes", std::int64_t(record.download_bytes)},
                                 {"train_s", record.train_s},
                                 {"merge_s", record.merge_s},
                                 {"evaluate_s", record.evaluate_s},
                                 {"write_s", record.write_s}};
  if (!record.scores.empty()) {
    const auto spread = spread_of(record.scores);
    line["accuracy"] = {{"mean", spread.mean}, {"std", spread.std}, {"weighted_mean", spread.weighted_mean},
                        {"min", spread.min},   {"p10", spread.p10}, {"p90", spread.p90},
                        {"max", spread.max}};
    line["loss"] = spread.loss;
    const auto validation = validation_spread_of(record.scores);
    if (!std::isnan(validation.mean)) line["validation"] = {{"mean", validation.mean}, {"loss", validation.loss}};
  }
  return line.dump();
}

RoundRecord from_json_line(const std::string& text) {
  const auto line = nlohmann::json::parse(text);
  RoundRecord record;
  record.round = line.at("round");
  record.cohort = line.at("cohort").get<std::vector<std::int64_t>>();
  const auto& loss = line.at("train_loss");  // JSON has no infinity: null
  record.train_loss = loss.is_null() ? kNotScored : loss.get<double>();
  record.turns = line.at("turns");
  record.steps = line.at("client_steps");
  record.samples = line.at("samples");
  record.upload_bytes = line.at("upload_bytes");
  record.download_bytes = line.at("download_bytes");
  record.train_s = line.at("train_s");
  record.merge_s = line.at("merge_s");
  record.evaluate_s = line.at("evaluate_s");
  record.write_s = line.at("write_s");
  return record;
}

}  // namespace graft::core
