// Plain objects, from the host's view of a plugin and its plan.
#include "core/report/plugin_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/report/provenance_json.hpp"

namespace graft::core {

namespace {

using nlohmann::ordered_json;

ordered_json value_json(const std::optional<OptionValue>& value) {
  if (!value) return nullptr;
  return std::visit([](const auto& one) { return ordered_json(one); }, *value);
}

ordered_json phase_json(const Phase& phase) {
  ordered_json one = {{"trains", phase.trains}};
  if (phase.steps > 0) one["steps"] = phase.steps;
  if (phase.steps == 0) one["epochs"] = phase.epochs < 0 ? ordered_json("training.epochs") : ordered_json(phase.epochs);
  if (phase.lr >= 0) one["lr"] = phase.lr;
  if (phase.lr_scale != 1) one["lr_scale"] = phase.lr_scale;
  if (phase.parts != 1) one["batches_a_step"] = phase.parts;
  if (phase.plain_sgd) one["optimizer"] = "sgd";
  return one;
}

ordered_json phases_json(const std::vector<Phase>& phases) {
  ordered_json all = ordered_json::array();
  for (const auto& phase : phases) all.push_back(phase_json(phase));
  return all;
}

ordered_json rows_json(const std::vector<Kept>& rows) {
  constexpr const char* kLike[] = {"scalar", "model", "shared", "personal"};
  ordered_json all = ordered_json::array();
  for (const auto& row : rows) all.push_back({{"name", row.name}, {"like", kLike[std::size_t(row.like)]}, {"sent", row.sent}});
  return all;
}

ordered_json gossip_json(const Gossip& gossip) {
  if (gossip.graph == Graph::none) return nullptr;
  const auto named = std::ranges::find(kGraphs, gossip.graph, &std::pair<std::string, Graph>::second);
  ordered_json json = {{"graph", named->first}};
  if (gossip.graph == Graph::random) json["neighbours"] = gossip.neighbours;
  json["weights"] = gossip.metropolis ? "metropolis" : "uniform";
  return json;
}

const char* weighting_text(Weighting weighting) {
  return weighting == Weighting::samples ? "samples" : weighting == Weighting::equal ? "equal" : "batches";
}

ordered_json plan_json(const Plan& plan) {
  return {{"personal", plan.personal},
          {"training", phases_json(plan.training)},
          {"tuning", phases_json(plan.tuning)},
          {"closing", phases_json(plan.closing)},
          {"weighting", weighting_text(plan.weighting)},
          {"keeps", rows_json(plan.keeps)},
          {"serves", rows_json(plan.serves)},
          {"modules", plan.modules},
          {"stateless", plan.stateless},
          {"gossip", gossip_json(plan.gossip)}};
}

ordered_json filled_hooks(const Face& face) {
  ordered_json names = ordered_json::array();
  const auto add = [&names](const char* name, bool filled) {
    if (filled) names.push_back(name);
  };
  add("step", face.strategy.step != nullptr);
  add("finish", face.strategy.finish != nullptr);
  add("upload", face.strategy.upload != nullptr);
  add("next", face.strategy.next != nullptr);
  add("predictor", face.strategy.predictor != nullptr);
  add("merge", face.strategy.merge != nullptr);
  add("predict", face.strategy.predict != nullptr);
  add("tokens", face.module.tokens != nullptr);
  add("keys_values", face.module.keys_values != nullptr);
  add("after_mlp", face.module.after_mlp != nullptr);
  add("after_linear", face.module.after_linear != nullptr);
  add("merged", face.module.merged != nullptr);
  return names;
}

}  // namespace

ordered_json plugin_json(const Plugin& plugin) {
  ordered_json options = ordered_json::array();
  for (const auto& option : plugin.options) {
    options.push_back({{"name", option.name},
                       {"value", value_json(option.value)},
                       {"default", value_json(option.by_default)},
                       {"type", option.type},
                       {"values", values_text(option)},
                       {"meaning", option.meaning}});
  }
  return {{"id", plugin.id},           {"kind", plugin.kind},          {"version", plugin.version},
          {"summary", plugin.summary}, {"file", plugin.file.string()}, {"options", options}};
}

ordered_json whole_plugin_json(const Plugin& plugin) {
  auto whole = plugin_json(plugin);
  whole["provenance"] = provenance_json(plugin);
  whole["fills"] = filled_hooks(plugin.face);
  if (plugin.kind != "strategy") return whole;
  try {
    whole["plan"] = plan_json(plan_of(plugin));
  } catch (const Error& error) {  // an option may have to be set first
    if (error.status != Exit::plugin) throw;
    whole["plan_failed"] = error.what();
  }
  return whole;
}

}  // namespace graft::core
