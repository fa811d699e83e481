// What the tests of comparisons share: finished runs with given accuracies.
#pragma once
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/report/comparison_text.hpp"
#include "tests/unit/support.hpp"

namespace graft::core {

using Catch::Approx;
using nlohmann::json;
using Percents = std::vector<double>;

// A finished run of clients with these accuracies in percent, eight test samples each.
inline StudyRun run_of(std::uint64_t seed, const Percents& accuracies, const std::string& samples = "1") {
  json summary = {{"strategy", "fedavg"}, {"modules", {"prefix"}}, {"clients", json::array()}, {"accuracy", {{"std", 0.02}}}};
  double mean = 0;
  for (const double one : accuracies) {
    mean += one / 100 / double(accuracies.size());
    const auto id = summary["clients"].size();
    summary["clients"].push_back({{"id", id}, {"test_samples", 8}, {"accuracy", one / 100}});
  }
  summary["accuracy"]["mean"] = mean;
  summary["cost"] = {{"stored_bytes_per_client", 10 << 20},
                     {"upload_bytes_per_client_round", 1 << 20},
                     {"download_bytes_per_client_round", 2 << 20},
                     {"total_bytes", 3.0 * (1 << 30)},
                     {"forward_macs_per_sample", 8.7e6}};
  summary["time"] = {{"total_s", 90 * double(seed)}};
  summary["peak_memory_bytes"] = 200 << 20;
  return {.seed = seed, .folder = "x", .state = RunState::done, .summary = summary.dump(), .samples = samples};
}

inline StudyRun failed_run(std::uint64_t seed, const std::string& why) {
  return {.seed = seed, .state = RunState::failed, .status = 3, .why = why};
}

inline const Percents kBase{50, 51, 52, 53, 54, 55, 56, 57}, kBetter{51, 53, 55, 57, 59, 61, 63, 65};  // differences 1 to 8

inline std::optional<VariantPair> to_baseline(const Comparison& comparison, std::size_t variant) {
  return comparison.last.to_baseline.at(variant);
}

inline Comparison two(const StudyRun& one, const StudyRun& other, std::optional<Published> published = {},
                      std::optional<Published> other_published = {}) {
  return compared({"s", "runs/s", 0, {{"base", published, {one}}, {"other", other_published, {other}}}});
}

}  // namespace graft::core
