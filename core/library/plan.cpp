// Reads a strategy's plan. It is the plugin's word, so nothing in it is taken on trust.
#include "core/library/plan.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/error.hpp"
#include "core/library/hook.hpp"

namespace graft::core {

namespace {

using nlohmann::json;

void require(bool holds, const std::string& what) {
  if (!holds) throw Misuse(what);
}

// An object's members, each taken once; what is left over at the end comes from a newer SDK.
class Members {
 public:
  Members(json object, std::string where) : object_(std::move(object)), where_(std::move(where)) {
    require(object_.is_object(), where_ + " is no object");
  }
  template <class Value>
  Value take(const char* name, Value otherwise) {
    const auto at = object_.find(name);
    if (at == object_.end()) return otherwise;
    const bool fits = !std::is_arithmetic_v<Value> || !at->is_string();  // infinities and NaN come as text
    require(fits, where_ + "." + name + " is " + (fits ? "" : at->get<std::string>()) + ", expected a number");
    auto value = at->get<Value>();
    object_.erase(at);
    return value;
  }
  template <class Item, class Read>
  std::vector<Item> list(const char* name, Read read) {
    std::vector<Item> items;
    for (const auto& item : take(name, json::array())) items.push_back(read(Members(item, where_ + "." + name)));
    return items;
  }
  template <class Value>
  Value choice(const char* name, Value otherwise, const std::vector<std::pair<std::string, Value>>& known) {
    const auto word = take<std::string>(name, "");
    for (const auto& [text, value] : known) {
      if (word == text) return value;
    }
    require(word.empty(), where_ + "." + name + " is '" + word + "', which this graft does not know");
    return otherwise;
  }
  void finish() const {
    require(object_.empty(), "this graft does not know " + where_ + "." + (object_.empty() ? "" : object_.begin().key()));
  }
  const std::string& where() const { return where_; }

 private:
  json object_;
  std::string where_;
};

Phase phase_of(Members members) {
  Phase phase;
  phase.trains = members.take("trains", phase.trains);
  phase.epochs = members.take("epochs", phase.epochs);
  phase.steps = members.take("steps", phase.steps);
  phase.lr = members.take("lr", phase.lr);
  phase.lr_scale = members.take("lr_scale", phase.lr_scale);
  phase.parts = members.take("parts", phase.parts);
  phase.plain_sgd = members.take("plain_sgd", phase.plain_sgd);
  members.finish();
  require(phase.epochs >= -1, members.where() + ".epochs is " + std::to_string(phase.epochs) + ", expected 0 or more, or manifest");
  require(phase.steps >= 0, members.where() + ".steps is " + std::to_string(phase.steps) + ", expected 0 or more");
  require(phase.parts >= 1, members.where() + ".parts is " + std::to_string(phase.parts) + ", expected 1 or more");
  require(std::isfinite(phase.lr) && (phase.lr >= 0 || phase.lr == -1), members.where() + ".lr is negative or not finite");
  require(std::isfinite(phase.lr_scale) && phase.lr_scale >= 0, members.where() + ".lr_scale is negative or not finite");
  return phase;
}

Kept kept_of(Members members) {
  Kept kept;
  kept.name = members.take<std::string>("name", "");
  kept.like = members.choice<Like>(
      "like", kept.like,
      {{"scalar", Like::scalar}, {"model", Like::model}, {"shared", Like::shared}, {"personal", Like::personal}});
  kept.start = members.choice<Start>("start", kept.start, {{"zero", Start::zero}, {"initial", Start::initial}});
  kept.value = members.take("value", kept.value);
  kept.sent = members.take("sent", kept.sent);
  members.finish();
  const auto named = members.where() + " '" + kept.name + "'";
  // The name becomes part of names in files.
  const bool plain = !kept.name.empty() &&
                     std::all_of(kept.name.begin(), kept.name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
  require(plain, named + ": a row's name is of letters, digits and _");
  require(std::isfinite(kept.value), named + " starts at a value that is not finite");
  require(kept.like != Like::scalar || kept.start == Start::zero, named + " is a scalar, which has no initial values");
  return kept;
}

Gossip gossip_of(Members members) {
  Gossip gossip;
  gossip.graph = members.choice("graph", gossip.graph, kGraphs);
  gossip.neighbours = members.take("neighbours", gossip.neighbours);
  gossip.metropolis = members.take("metropolis", gossip.metropolis);
  members.finish();
  require(gossip.neighbours >= 0 && gossip.neighbours <= 1, members.where() + ".neighbours is no share from 0 to 1");
  return gossip;
}

// A server has neither an average to make nor rows to send where clients gossip.
void check_gossip(const Plan& plan) {
  if (!plan.gossips()) return;
  require(plan.serves.empty(),
          "clients gossip, and the server serves '" + (plan.serves.empty() ? "" : plan.serves.front().name) + "'");
  for (const auto& row : plan.keeps) require(!row.sent, "clients gossip, and the kept row '" + row.name + "' is declared sent");
}

Plan plan_from(Members members) {
  Plan plan;
  plan.personal = members.take("personal", plan.personal);
  plan.training = members.list<Phase>("training", phase_of);
  plan.tuning = members.list<Phase>("tuning", phase_of);
  plan.closing = members.list<Phase>("closing", phase_of);
  plan.weighting = members.choice<Weighting>(
      "weighting", plan.weighting, {{"samples", Weighting::samples}, {"equal", Weighting::equal}, {"batches", Weighting::batches}});
  plan.keeps = members.list<Kept>("keeps", kept_of);
  plan.serves = members.list<Kept>("serves", kept_of);
  plan.modules = members.take("modules", plan.modules);
  plan.stateless = members.take("stateless", plan.stateless);
  plan.gossip = gossip_of(Members(members.take("gossip", json::object()), members.where() + ".gossip"));
  members.finish();
  check_gossip(plan);
  std::set<std::string> names;
  for (const auto* rows : {&plan.keeps, &plan.serves}) {
    for (const auto& row : *rows) require(names.insert(row.name).second, "two rows are named '" + row.name + "'");
  }
  for (const auto& row : plan.serves) {
    require(row.like == Like::scalar || row.like == Like::shared,
            "the served row '" + row.name + "' is neither a scalar nor like the shared part");
  }
  return plan;
}

}  // namespace

Plan parse_plan(const std::string& plugin, const std::string& text) {
  try {
    return plan_from(Members(json::parse(text), "plan"));
  } catch (const std::exception& e) {
    throw Error(Exit::plugin, "plugin '" + plugin + "': its plan cannot be followed: " + e.what());
  }
}

}  // namespace graft::core
