// Plans: what the SDK writes, the host reads; what it cannot follow is the plugin's failure.
#include <catch2/catch_test_macros.hpp>
#include <graft/strategy.hpp>

#include "core/base/error.hpp"
#include "core/library/plan.hpp"

namespace {

std::string said(const std::string& json) {
  try {
    graft::core::parse_plan("apfl", json);
  } catch (const graft::core::Error& e) {
    CHECK(e.status == graft::core::Exit::plugin);
    return e.what();
  }
  return "";
}

const std::string kFailed = "plugin 'apfl': its plan cannot be followed: ";

}  // namespace

TEST_CASE("every default together is FedAvg") {
  const auto plan = graft::core::parse_plan("fedavg", to_json(graft::Plan{}));
  CHECK(plan.personal.empty());
  REQUIRE(plan.training.size() == 1);
  CHECK(plan.training[0].trains == "*");
  CHECK(plan.training[0].epochs == -1);
  CHECK(plan.training[0].lr == -1);
  CHECK(plan.weighting == graft::core::Weighting::samples);
  CHECK(plan.tuning.empty());
  CHECK(plan.closing.empty());
  CHECK(plan.keeps.empty());
  CHECK(plan.modules.empty());
  CHECK(!plan.stateless);
  CHECK(!plan.gossips());
}

TEST_CASE("every member of a plan crosses") {
  const graft::Plan said{
      .personal = "head",
      .training =
          {{.trains = graft::except("head"), .epochs = 2, .steps = 3, .lr = 0.1, .lr_scale = 0.5, .parts = 2, .plain_sgd = true}},
      .weighting = graft::Weighting::equal,
      .tuning = {{.steps = 4}},
      .closing = {{.trains = "head", .epochs = 5}},
      .keeps = {{.name = "twin", .like = graft::Like::model, .start = graft::Start::initial, .sent = true},
                {.name = "alpha", .value = 0.25}},
      .serves = {{.name = "control", .like = graft::Like::shared}},
      .modules = {"prefix", "lora"}};
  const auto plan = graft::core::parse_plan("apfl", to_json(said));
  CHECK(plan.personal == "head");
  const auto& phase = plan.training.at(0);
  CHECK(phase.trains == "!(head)");
  CHECK(phase.epochs == 2);
  CHECK(phase.steps == 3);
  CHECK(phase.lr == 0.1);
  CHECK(phase.lr_scale == 0.5);
  CHECK(phase.parts == 2);
  CHECK(phase.plain_sgd);
  CHECK(plan.weighting == graft::core::Weighting::equal);
  CHECK(plan.tuning.at(0).steps == 4);
  CHECK(plan.closing.at(0).epochs == 5);
  CHECK(plan.keeps.at(0).like == graft::core::Like::model);
  CHECK(plan.keeps.at(0).start == graft::core::Start::initial);
  CHECK(plan.keeps.at(0).sent);
  CHECK(plan.keeps.at(1).like == graft::core::Like::scalar);
  CHECK(plan.keeps.at(1).value == 0.25);
  CHECK(!plan.keeps.at(1).sent);
  CHECK(plan.serves.at(0).like == graft::core::Like::shared);
  CHECK(plan.modules == std::vector<std::string>{"prefix", "lora"});
}

TEST_CASE("what 1.1 added to plans crosses, and a plan of 1.0 has none of it") {
  using graft::Graph;
  namespace core = graft::core;
  const auto crossed = [](const graft::Plan& said) { return core::parse_plan("dfedalt", to_json(said)); };
  CHECK(crossed({.weighting = graft::Weighting::batches}).weighting == core::Weighting::batches);
  CHECK(crossed({.stateless = true}).stateless);
  const auto gossip = crossed({.gossip = {.graph = Graph::grid, .neighbours = 0.5, .metropolis = true}}).gossip;
  CHECK(gossip.graph == core::Graph::grid);
  CHECK(gossip.neighbours == 0.5);
  CHECK(gossip.metropolis);
  const std::pair<Graph, core::Graph> graphs[] = {{Graph::none, core::Graph::none},
                                                  {Graph::random, core::Graph::random},
                                                  {Graph::ring, core::Graph::ring},
                                                  {Graph::exponential, core::Graph::exponential},
                                                  {Graph::full, core::Graph::full}};
  for (const auto& [written, read] : graphs) CHECK(crossed({.gossip = {.graph = written}}).gossip.graph == read);
  const auto older = core::parse_plan("fedavg", R"({"training":[{}],"weighting":"equal"})");
  CHECK(!older.stateless);
  CHECK(!older.gossips());
}

TEST_CASE("a plan whose clients gossip has nothing for a server") {
  using graft::Plan;
  const graft::Gossip ring{.graph = graft::Graph::ring};
  CHECK(said(to_json(Plan{.serves = {{.name = "rate"}}, .gossip = ring})) ==
        kFailed + "clients gossip, and the server serves 'rate'");
  CHECK(said(to_json(Plan{.keeps = {{.name = "twin", .sent = true}}, .gossip = ring})) ==
        kFailed + "clients gossip, and the kept row 'twin' is declared sent");
  CHECK(said(to_json(Plan{.keeps = {{.name = "twin"}}, .gossip = ring})).empty());
}

TEST_CASE("what this host does not know is refused, not passed over") {
  CHECK(said(R"({"pruning":1})") == kFailed + "this graft does not know plan.pruning");
  CHECK(said(R"({"training":[{"momentum":1}]})") == kFailed + "this graft does not know plan.training.momentum");
  CHECK(said(R"({"weighting":"loss"})") == kFailed + "plan.weighting is 'loss', which this graft does not know");
  CHECK(said(R"({"keeps":[{"name":"a","like":"block"}]})") ==
        kFailed + "plan.keeps.like is 'block', which this graft does not know");
  CHECK(said(R"({"gossip":{"graph":"star"}})") == kFailed + "plan.gossip.graph is 'star', which this graft does not know");
  CHECK(said(R"({"gossip":{"graph":"ring","delay":1}})") == kFailed + "this graft does not know plan.gossip.delay");
}

TEST_CASE("what cannot be meant is refused") {
  CHECK(said("") != "");
  CHECK(said("[]") == kFailed + "plan is no object");
  CHECK(said(to_json(graft::Plan{.training = {{.parts = 0}}})) == kFailed + "plan.training.parts is 0, expected 1 or more");
  CHECK(said(to_json(graft::Plan{.training = {{.steps = -2}}})) == kFailed + "plan.training.steps is -2, expected 0 or more");
  CHECK(said(to_json(graft::Plan{.training = {{.lr = NAN}}})) == kFailed + "plan.training.lr is nan, expected a number");
  CHECK(said(to_json(graft::Plan{.training = {{.lr = -0.1}}})) == kFailed + "plan.training.lr is negative or not finite");
  CHECK(said(to_json(graft::Plan{.keeps = {{.name = "a"}, {.name = "a"}}})) == kFailed + "two rows are named 'a'");
  CHECK(said(to_json(graft::Plan{.keeps = {{.name = "a/b"}}})) ==
        kFailed + "plan.keeps 'a/b': a row's name is of letters, digits and _");
  CHECK(said(to_json(graft::Plan{.serves = {{.name = "a", .like = graft::Like::personal}}})) ==
        kFailed + "the served row 'a' is neither a scalar nor like the shared part");
  CHECK(said(R"({"personal":7})") != "");
  const std::string no_share = kFailed + "plan.gossip.neighbours is no share from 0 to 1";
  for (const double share : {1.5, -0.1}) CHECK(said(to_json(graft::Plan{.gossip = {.neighbours = share}})) == no_share);
  CHECK(said(to_json(graft::Plan{.gossip = {.neighbours = NAN}})) == kFailed + "plan.gossip.neighbours is nan, expected a number");
  CHECK(said(R"({"gossip":"ring"})") != "");
  CHECK(said(R"({"stateless":"yes"})") != "");
}

TEST_CASE("selectors are written as expressions over sets") {
  using graft::Selector;
  CHECK((Selector("head") | "module").text == "(head)|(module)");
  CHECK((graft::none() | "head").text == "head");
  CHECK((Selector("head") | graft::none()).text == "head");
  CHECK((Selector("attn") & "blocks.3").text == "(attn)&(blocks.3)");
  CHECK((Selector("attn") & graft::none()).text.empty());
  CHECK(graft::except("head").text == "!(head)");
  CHECK(graft::except(graft::none()).text == graft::all().text);
  CHECK((Selector("head") | graft::except("attn")).text == "(head)|(!(attn))");
}

TEST_CASE("text crosses as JSON whatever is in it") {
  const auto plan = graft::core::parse_plan("apfl", to_json(graft::Plan{.personal = "a\"b\\c\n\t\x01 é"}));
  CHECK(plan.personal == "a\"b\\c\n\t\x01 é");
}
