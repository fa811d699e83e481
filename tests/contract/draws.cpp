// Numbers are drawn by their logarithm: what an option does shows at small values and at large ones.
#include "tests/contract/draws.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/text.hpp"

namespace graft::contract {

namespace {

using core::OptionFacts;
using core::OptionValue;

constexpr std::int64_t kMostWhole = 12;       // beyond the least, where a range does not end before
constexpr double kLeast = 1e-4, kMost = 100;  // likewise, of other numbers
constexpr const char* kSelectors[] = {"attn", "mlp", "blocks.0", "blocks.-1", "attn | mlp"};  // each names layers of every ViT

double log_uniform(core::Random& random, double low, double high) { return low * std::pow(high / low, random.uniform()); }

std::int64_t least_whole(const OptionFacts& option) {
  if (std::isfinite(option.low)) return std::int64_t(std::ceil(option.low));
  return std::isfinite(option.high) ? std::int64_t(option.high) - kMostWhole : -kMostWhole;
}

std::int64_t most_whole(const OptionFacts& option) {
  const double most = double(least_whole(option) + kMostWhole);
  return std::int64_t(std::floor(std::min(option.high, most)));
}

double drawn_number(const OptionFacts& option, core::Random& random) {
  const bool low = std::isfinite(option.low), high = std::isfinite(option.high);
  const double span = low && high ? option.high - option.low : kMost;
  if (span <= 0) return option.low;
  const double size = log_uniform(random, kLeast * span / kMost, span);
  if (low) return std::min(option.low + size, option.high);
  return high || random.below(2) == 0 ? std::min(-size, option.high) : size;
}

// None: nothing is known of its values.
std::optional<OptionValue> drawn_value(const OptionFacts& option, core::Random& random) {
  if (option.type == "boolean") return random.below(2) == 0;
  if (option.type == "float") return drawn_number(option, random);
  if (option.type == "selector") return kSelectors[random.below(std::size(kSelectors))];
  if (!option.choices.empty()) return option.choices[random.below(option.choices.size())];
  if (option.type != "integer") return std::nullopt;
  const auto least = least_whole(option), most = most_whole(option);
  return least + std::int64_t(log_uniform(random, 1, double(most - least + 1)) - 0.5);
}

std::vector<OptionValue> edge_values(const OptionFacts& option) {
  if (option.type == "boolean") return {false, true};
  if (option.type == "integer") return {least_whole(option), std::min(least_whole(option) + 2, most_whole(option))};
  std::vector<OptionValue> values(option.choices.begin(), option.choices.end());
  if (option.type != "float") return values;
  for (const double end : {option.low, option.high}) {
    if (std::abs(end) <= kMost) values.emplace_back(end);
  }
  return values;
}

}  // namespace

std::vector<std::vector<core::Option>> edges_of(const core::Plugin& plugin) {
  std::vector<std::vector<core::Option>> all;
  for (const auto& option : plugin.options) {
    for (const auto& value : edge_values(option)) all.push_back({{option.name, value, {}}});
  }
  return all;
}

std::vector<core::Option> drawn(const core::Plugin& plugin, core::Random& random) {
  std::vector<core::Option> all;
  for (const auto& option : plugin.options) {
    if (const auto value = drawn_value(option, random)) all.push_back({option.name, *value, {}});
  }
  return all;
}

std::string options_text(const std::vector<core::Option>& options) {
  std::vector<std::string> texts;
  for (const auto& option : options) texts.push_back(option.name + " = " + core::value_text(option.value));
  return texts.empty() ? "the default options" : core::joined(texts);
}

}  // namespace graft::contract
