// Options: what plugins declare, and a manifest's values checked against it, with the real plugins of this build.
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <graft/options.hpp>
#include <limits>

#include "core/base/error.hpp"
#include "core/library/plugin.hpp"
#include "core/library/plugin_parts.hpp"

namespace {

using namespace graft::core;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const OptionFacts& fact(const Plugin& plugin, const std::string& name) {
  for (const auto& facts : plugin.options) {
    if (facts.name == name) return facts;
  }
  throw std::runtime_error("no option " + name);
}

// As if line 9 of m.toml said `use`, line 10 the option.
Use use_of(const std::string& id, std::vector<std::pair<std::string, OptionValue>> options = {}) {
  const auto text = std::make_shared<SourceText>(SourceText{"m.toml", std::vector<std::string>(12, "a = 1")});
  Use use{id, {}, {text, 9, 7}};
  for (auto& [name, value] : options) use.options.push_back({name, value, {text, 10, 1}});
  return use;
}

Error error_of(const Use& use, const std::string& kind = "strategy") {
  try {
    load_plugin({}, use, kind);
  } catch (const Error& e) {
    return e;
  }
  return {Exit::done, ""};
}

}  // namespace

TEST_CASE("every kind of option crosses with its default, range, choices and meaning") {
  double rate = 0.5;
  std::int64_t count = 3;
  bool adaptive = true;
  std::string variant = "one";
  graft::Selector personal = "head";
  std::optional<double> alpha;
  std::optional<std::int64_t> epochs = 7;
  graft::Options options;
  options("rate", rate, "of \"it\"", 0, 1)("count", count, "how many", 1)("adaptive", adaptive, "or not")(
      "variant", variant, {"one", "two"}, "which")("personal", personal, "what stays")("alpha", alpha, "unset")("epochs", epochs,
                                                                                                                "set");
  const auto facts = parse_options("it", options.describe());
  REQUIRE(facts.size() == 7);
  CHECK(facts[0].type == "float");
  CHECK(facts[0].meaning == "of \"it\"");
  CHECK(facts[0].by_default == OptionValue(0.5));
  CHECK(facts[0].low == 0);
  CHECK(facts[0].high == 1);
  CHECK(facts[1].type == "integer");
  CHECK(facts[1].value == OptionValue(std::int64_t(3)));
  CHECK(facts[1].high == kInfinity);
  CHECK(facts[2].by_default == OptionValue(true));
  CHECK(facts[3].choices == std::vector<std::string>{"one", "two"});
  CHECK(facts[4].type == "selector");
  CHECK(facts[4].by_default == OptionValue(std::string("head")));
  CHECK(facts[5].type == "float");
  CHECK(!facts[5].by_default);
  CHECK(!facts[5].value);
  CHECK(facts[6].by_default == OptionValue(std::int64_t(7)));

  options.set("alpha", {GRAFT_INT, 0, {.i = 2}});  // a whole number for a float
  options.set("adaptive", {GRAFT_BOOLEAN, 0, {.i = 0}});
  options.set("personal", {GRAFT_STRING, 0, {.s = "attn"}});
  CHECK(alpha == 2.0);
  CHECK(!adaptive);
  CHECK(personal.text == "attn");
}

TEST_CASE("what a plugin declares in a way that cannot be read is its failure") {
  for (const char* text :
       {"", "{", "[{}]", R"([{"name":"a","type":"complex"}])", R"([{"name":"a","type":"integer","default":"x"}])"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_options("it", text), Error);
  }
}

TEST_CASE("a plugin is loaded with its options set") {
  const auto plugin = load_plugin({}, use_of("apfl", {{"alpha", std::int64_t(1)}, {"adaptive", false}}), "strategy");
  CHECK(plugin.id == "apfl");
  CHECK(plugin.kind == "strategy");
  CHECK(plugin.version == "1.1.0");
  CHECK(fact(plugin, "alpha").value == OptionValue(1.0));
  CHECK(fact(plugin, "alpha").by_default == OptionValue(0.25));
  CHECK(fact(plugin, "variant").value == OptionValue(std::string("paper_param")));
  CHECK(plan_of(plugin).keeps.at(1).value == 1.0);
  CHECK(plan_of(load_plugin({}, use_of("apfl"), "strategy")).keeps.at(1).value == 0.25);  // instances are apart
}

TEST_CASE("an option that stays unset has no value") {
  const auto plugin = load_plugin({}, use_of("fedrep"), "strategy");
  CHECK(!fact(plugin, "head_epochs").value);
  CHECK(plan_of(plugin).training.at(0).epochs == -1);
  const auto set = load_plugin({}, use_of("fedrep", {{"head_epochs", std::int64_t(3)}}), "strategy");
  CHECK(plan_of(set).training.at(0).epochs == 3);
}

TEST_CASE("an unknown plugin is refused with the nearest one and those that there are") {
  const auto error = error_of(use_of("fedavgg"));
  CHECK(error.status == Exit::usage);
  CHECK(std::string(error.what()) == "m.toml:9:7: unknown strategy 'fedavgg', did you mean 'fedavg'?");
  CHECK(error.more.find(
            "found: adapter, apfl, attention, dfedalt, dfedsalt, ditto, fedalt, fedapm, fedavg, fedavg_p, fedbabu, fedbn, "
            "fedper, fedperfix, fedprox, fedrep, fedsim, local, lora, perfedavg, prefix, prompt, robust, scaffold, "
            "scaffold_p") != std::string::npos);
  CHECK(error_of(use_of("../fedavg")).status == Exit::usage);
}

TEST_CASE("a plugin of the other kind is refused as such") {
  CHECK(std::string(error_of(use_of("prefix")).what()) == "m.toml:9:7: 'prefix' is a module, expected a strategy");
  CHECK(std::string(error_of(use_of("fedavg"), "module").what()) == "m.toml:9:7: 'fedavg' is a strategy, expected a module");
  CHECK(error_of(use_of("prefix")).status == Exit::usage);
}

TEST_CASE("an unknown option is refused with the nearest one") {
  const auto error = error_of(use_of("apfl", {{"alpa", 0.5}}));
  CHECK(error.status == Exit::usage);
  CHECK(std::string(error.what()) == "m.toml:10:1: unknown option 'alpa' of 'apfl', did you mean 'alpha'?");
  CHECK(error.more.find("its options: variant, alpha, adaptive") != std::string::npos);
  CHECK(error_of(use_of("fedavg", {{"mu", 1.0}})).more.find("it has no options") != std::string::npos);
}

TEST_CASE("values of the wrong type, out of range or no choice are refused") {
  const auto said = [](const std::string& id, const std::string& name, OptionValue value, const std::string& kind = "strategy") {
    const auto error = error_of(use_of(id, {{name, std::move(value)}}), kind);
    CHECK(error.status == Exit::usage);
    return std::string(error.what());
  };
  CHECK(said("apfl", "alpha", 1.5) ==
        "m.toml:10:1: 'alpha' of 'apfl' is 1.5, expected a number from 0 to 1 (the own model's share at the start)");
  CHECK(said("apfl", "alpha", std::string("x")) ==
        "m.toml:10:1: 'alpha' of 'apfl' is \"x\", expected a number from 0 to 1 (the own model's share at the start)");
  CHECK(said("apfl", "alpha", true) != "");
  CHECK(said("apfl", "alpha", double(NAN)) ==
        "m.toml:10:1: 'alpha' of 'apfl' is nan, expected a number from 0 to 1 (the own model's share at the start)");
  CHECK(said("perfedavg", "alpha", kInfinity) != "");
  CHECK(said("prefix", "bottleneck", 2.0, "module") ==
        "m.toml:10:1: 'bottleneck' of 'prefix' is 2, expected an integer from 1 (hidden width; modes additive and concat)");
  CHECK(said("prefix", "bottleneck", std::int64_t(0), "module") ==
        "m.toml:10:1: 'bottleneck' of 'prefix' is 0, expected an integer from 1 (hidden width; modes additive and concat)");
  CHECK(said("apfl", "adaptive", std::int64_t(1)) ==
        "m.toml:10:1: 'adaptive' of 'apfl' is 1, expected true or false (learn alpha)");
  CHECK(said("fedrep", "schedule", std::string("jiont"))
            .rfind("m.toml:10:1: 'schedule' of 'fedrep' is \"jiont\", expected one of \"head_then_body\", \"joint\", did you mean "
                   "'joint'?",
                   0) == 0);
}
