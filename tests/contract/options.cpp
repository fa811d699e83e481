// Options: said in full, taken inside their ranges, refused outside.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/library/hook.hpp"
#include "core/rounds/evaluate.hpp"
#include "core/rounds/turns.hpp"
#include "tests/contract/cases.hpp"
#include "tests/contract/draws.hpp"
#include "tests/contract/federation.hpp"

namespace graft::contract {

namespace {

using core::OptionFacts;
using core::OptionValue;

constexpr int kDraws = 4;
constexpr double kMostWhole = 1e18;  // what a whole number may surely be

bool is_plain(const std::string& name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' && std::all_of(name.begin(), name.end(), plain) && name != "use";
}

std::optional<double> number_of(const OptionValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return double(*whole);
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return std::nullopt;
}

void check_option(const OptionFacts& option) {
  const auto name = "option '" + option.name + "'";
  if (!is_plain(option.name)) throw Failed(name + ": expected a name of small letters, digits and _, and not 'use'");
  if (option.meaning.empty()) throw Failed(name + " has no meaning; expected a few words");
  if (option.low > option.high) {
    throw Failed(name + " is from " + number_text(option.low) + " to " + number_text(option.high) + ", which holds nothing");
  }
  if (!option.by_default) return;
  const auto number = number_of(*option.by_default);
  const auto* const text = std::get_if<std::string>(&*option.by_default);
  const bool inside = !number || (std::isfinite(*number) && *number >= option.low && *number <= option.high);
  const bool chosen = !text || option.choices.empty() || std::count(option.choices.begin(), option.choices.end(), *text) == 1;
  if (inside && chosen) return;
  throw Failed(name + " is " + core::value_text(*option.by_default) + " by default, expected " + core::values_text(option));
}

// A value may be right and the backbone too small for it: a selector that it makes names nothing here.
bool does_not_fit_here(const core::Error& error) {
  const std::string line = error.what();
  return error.status == core::Exit::usage &&
         (line.find("matches no tensor") != std::string::npos || line.find("declares no tensor at any site") != std::string::npos);
}

void play_with(const Subject& subject, const std::vector<core::Option>& options) {
  try {
    auto federation = small(subject, {"rounds=1"}, options);
    play(federation, 1);
    core::score_everyone(federation, 1, nullptr);
  } catch (const core::Error& error) {
    const bool diverged = error.status == core::Exit::failed;
    if (!diverged && !does_not_fit_here(error)) throw Failed("with " + options_text(options) + ": " + error.what());
  }
}

std::vector<OptionValue> wrong_values(const OptionFacts& option) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (option.type == "boolean") return {std::int64_t{1}, 1.0, std::string("true")};
  if (option.type == "float" || option.type == "integer") {
    std::vector<OptionValue> values = {true, std::string("1"), std::numeric_limits<double>::quiet_NaN(), kInfinity, -kInfinity};
    if (option.type == "integer") values.emplace_back(0.5);
    for (const bool above : {false, true}) {
      const double end = above ? option.high : option.low, away = std::max(1.0, std::abs(end)) * (above ? 1 : -1);
      if (std::abs(end) < kMostWhole && option.type == "integer") values.emplace_back(std::int64_t(end + away));
      if (std::isfinite(end) && option.type == "float") values.emplace_back(end + away);
    }
    return values;
  }
  if (option.choices.empty()) return {true, std::int64_t{1}, 0.5};
  return {true, std::int64_t{1}, 0.5, std::string(), option.choices.front() + " "};
}

void require_refused(const Subject& subject, const core::Option& option) {
  core::Error found(core::Exit::done, "it was taken");
  try {
    const core::Use use{subject.id, {option}, {}};
    core::load_plugin(manifest_of(subject), use, subject.kind);
  } catch (const core::Error& error) {
    found = error;
  }
  if (found.status == core::Exit::usage) return;
  throw Failed(options_text({option}) + ": expected a refusal with exit status 2, found: " + found.what());
}

// As no host would: what comes of it does not matter, but that it comes.
void set_anyhow(const core::Plugin& plugin, const std::string& name, const graft_arg& value) {
  try {
    core::run_hook({plugin.id, "set", true}, [&] { return plugin.face.descriptor.set(plugin.self.get(), name.c_str(), &value); });
  } catch (const core::Error&) {
    return;  // refused: as good
  }
}

}  // namespace

void options_documented(const Subject& subject) {
  const auto plugin = core::open_plugin(subject.file, subject.id);
  std::set<std::string> names;
  for (const auto& option : plugin.options) {
    check_option(option);
    if (!names.insert(option.name).second) throw Failed("option '" + option.name + "' is declared twice");
  }
}

void options_inside(const Subject& subject) {
  const auto plugin = core::open_plugin(subject.file, subject.id);
  if (plugin.options.empty()) throw Skipped("it has no options");
  for (const auto& options : edges_of(plugin)) play_with(subject, options);
  core::Random random(subject.seed, core::Purpose::order);
  for (int i = 0; i < kDraws; ++i) play_with(subject, drawn(plugin, random));
}

void options_outside(const Subject& subject) {
  const auto plugin = core::open_plugin(subject.file, subject.id);
  require_refused(subject, {"no_such_option", std::int64_t{1}, {}});
  std::vector<std::string> names = {"", "no_such_option", std::string(1 << 20, 'x')};
  for (const auto& option : plugin.options) {
    names.push_back(option.name);
    for (const auto& value : wrong_values(option)) require_refused(subject, {option.name, value, {}});
  }
  const std::string huge(1 << 20, '(');
  const graft_arg values[] = {{GRAFT_NONE, 0, {.i = 0}},
                              {GRAFT_INT, 0, {.i = INT64_MIN}},
                              {GRAFT_INT, 0, {.i = 1}},
                              {GRAFT_FLOAT, 0, {.d = std::numeric_limits<double>::quiet_NaN()}},
                              {GRAFT_FLOAT, 0, {.d = 1e308}},
                              {GRAFT_BOOLEAN, 0, {.i = 1}},
                              {GRAFT_STRING, 0, {.s = ""}},
                              {GRAFT_STRING, 0, {.s = huge.c_str()}},
                              {GRAFT_TENSOR, 0, {.t = nullptr}},
                              {GRAFT_INTS, 0, {.is = nullptr}},
                              {-7, 0, {.i = 0}}};
  for (const auto& name : names) {
    for (const auto& value : values) set_anyhow(plugin, name, value);
  }
}

}  // namespace graft::contract
