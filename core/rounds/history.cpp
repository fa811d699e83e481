// Spreads over clients, and the lines of rounds.jsonl.
#include "core/rounds/history.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace graft::core {

namespace {

double quantile(const std::vector<double>& sorted, double q) {
  const double at = q * double(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - double(below)) * (sorted[above] - sorted[below]);
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
  const double none = std::numeric_limits<double>::quiet_NaN();
  if (sorted.empty()) return {none, none, none, none, none, none, none, none, none};
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
  return spread;
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
    line["accuracy"] = {{"mean", spread.mean},
                        {"std", spread.std},
                        {"weighted_mean", spread.weighted_mean},
                        {"min", spread.min},
                        {"max", spread.max}};
    line["loss"] = spread.loss;
  }
  return line.dump();
}

RoundRecord from_json_line(const std::string& text) {
  const auto line = nlohmann::json::parse(text);
  RoundRecord record;
  record.round = line.at("round");
  record.cohort = line.at("cohort").get<std::vector<std::int64_t>>();
  const auto& loss = line.at("train_loss");  // JSON has no infinity: null
  record.train_loss = loss.is_null() ? std::numeric_limits<double>::quiet_NaN() : loss.get<double>();
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
