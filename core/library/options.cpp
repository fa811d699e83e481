// A plugin's options: what it declares, and a manifest's values checked against that.
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/library/hook.hpp"
#include "core/library/plugin_parts.hpp"

namespace graft::core {

namespace {

using nlohmann::json;

double bound_of(const json& value, double unbounded) {
  return value.is_number() ? value.get<double>() : unbounded;  // JSON has no infinities: they come as text
}

std::optional<OptionValue> default_of(const json& value, const std::string& type) {
  if (value.is_null()) return std::nullopt;
  if (type == "float") return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
  if (type == "integer") return value.get<std::int64_t>();
  if (type == "boolean") return value.get<bool>();
  return value.get<std::string>();
}

OptionFacts facts_of(const json& declared) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  OptionFacts facts;
  facts.name = declared.at("name").get<std::string>();
  facts.type = declared.at("type").get<std::string>();
  facts.meaning = declared.value("meaning", "");
  const bool known = facts.type == "float" || facts.type == "integer" || facts.type == "boolean" || facts.type == "string" ||
                     facts.type == "selector";
  if (!known) throw Misuse("'" + facts.name + "' is of the type '" + facts.type + "', which this graft does not know");
  facts.by_default = default_of(declared.value("default", json()), facts.type);
  facts.value = facts.by_default;
  facts.low = bound_of(declared.value("low", json()), -kInfinity);
  facts.high = bound_of(declared.value("high", json()), kInfinity);
  facts.choices = declared.value("choices", std::vector<std::string>());
  return facts;
}

std::string number_text(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", number);
  return text;
}

// The value in the option's own type; none: it is not one of the option's values.
std::optional<OptionValue> fitting(const OptionFacts& facts, const OptionValue& given) {
  const auto in_range = [&](double number) { return std::isfinite(number) && number >= facts.low && number <= facts.high; };
  const auto* const whole = std::get_if<std::int64_t>(&given);
  const auto* const number = std::get_if<double>(&given);
  const auto* const text = std::get_if<std::string>(&given);
  if (facts.type == "boolean") return std::holds_alternative<bool>(given) ? std::optional(given) : std::nullopt;
  if (facts.type == "integer") return whole && in_range(double(*whole)) ? std::optional(given) : std::nullopt;
  if (facts.type == "float") {
    if (!whole && !number) return std::nullopt;
    const double value = whole ? double(*whole) : *number;
    return in_range(value) ? std::optional<OptionValue>(value) : std::nullopt;
  }
  const auto& choices = facts.choices;
  const bool chosen = text && (choices.empty() || std::find(choices.begin(), choices.end(), *text) != choices.end());
  return chosen ? std::optional(given) : std::nullopt;
}

void set_option(const Plugin& plugin, const OptionFacts& facts) {
  graft_arg argument{};
  if (const auto* truth = std::get_if<bool>(&*facts.value)) argument = {GRAFT_BOOLEAN, 0, {.i = *truth}};
  if (const auto* whole = std::get_if<std::int64_t>(&*facts.value)) argument = {GRAFT_INT, 0, {.i = *whole}};
  if (const auto* number = std::get_if<double>(&*facts.value)) argument = {GRAFT_FLOAT, 0, {.d = *number}};
  if (const auto* text = std::get_if<std::string>(&*facts.value)) argument = {GRAFT_STRING, 0, {.s = text->c_str()}};
  run_hook({plugin.id, "set", true}, [&] { return plugin.face.descriptor.set(plugin.self.get(), facts.name.c_str(), &argument); });
}

}  // namespace

std::string value_text(const OptionValue& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&value)) return number_text(*number);
  return "\"" + std::get<std::string>(value) + "\"";
}

std::string values_text(const OptionFacts& facts) {
  if (!facts.choices.empty()) return "one of \"" + joined(facts.choices, "\", \"") + "\"";
  if (facts.type == "boolean") return "true or false";
  if (facts.type == "string") return "a text";
  if (facts.type == "selector") return "a selector, or a list of them";
  const bool low = std::isfinite(facts.low), high = std::isfinite(facts.high);
  return (facts.type == "integer" ? "an integer" : "a number") + (low ? " from " + number_text(facts.low) : "") +
         (high ? (low ? " to " : " up to ") + number_text(facts.high) : "");
}

std::vector<OptionFacts> parse_options(const std::string& plugin, const std::string& text) {
  try {
    std::vector<OptionFacts> all;
    for (const auto& declared : json::parse(text)) all.push_back(facts_of(declared));
    return all;
  } catch (const std::exception& e) {
    throw Error(Exit::plugin, "plugin '" + plugin + "': its options cannot be read: " + e.what(),
                "rebuild it with this version's SDK, or update graft");
  }
}

void set_options(Plugin& plugin, const Use& use) {
  std::vector<std::string> names;
  for (const auto& facts : plugin.options) names.push_back(facts.name);
  for (const auto& option : use.options) {
    const auto facts =
        std::find_if(plugin.options.begin(), plugin.options.end(), [&](const auto& f) { return f.name == option.name; });
    if (facts == plugin.options.end()) {
      auto error =
          error_at(option.place, "unknown option '" + option.name + "' of '" + plugin.id + "'" + did_you_mean(option.name, names));
      error.more += (error.more.empty() ? "" : "\n") + (names.empty() ? "it has no options" : "its options: " + joined(names));
      throw error;
    }
    const auto value = fitting(*facts, option.value);
    if (!value) {
      const auto* const text = std::get_if<std::string>(&option.value);
      throw error_at(option.place, "'" + option.name + "' of '" + plugin.id + "' is " + value_text(option.value) + ", expected " +
                                       values_text(*facts) + (text ? did_you_mean(*text, facts->choices) : "") +
                                       (facts->meaning.empty() ? "" : " (" + facts->meaning + ")"));
    }
    facts->value = value;
    set_option(plugin, *facts);
  }
}

}  // namespace graft::core
