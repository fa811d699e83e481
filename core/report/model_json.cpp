// Each part of a model's description is a list of plain objects.
#include "core/report/model_json.hpp"

#include <nlohmann/json.hpp>

#include "core/compose/costs.hpp"
#include "core/library/lock.hpp"
#include "core/report/plugin_json.hpp"

namespace graft::core {

namespace {

using nlohmann::ordered_json;

constexpr const char* kRoles[] = {"patch_embed", "pos_embed", "cls_token", "norm", "attn", "mlp", "head", "module"};
std::string name_of(Where where) {
  switch (where) {
    case Where::shared: return "shared";
    case Where::personal: return "personal";
    case Where::held: return "held";
    case Where::frozen: return "frozen";
  }
  return "";
}

std::string name_of(Like like) {
  switch (like) {
    case Like::scalar: return "scalar";
    case Like::model: return "model";
    case Like::shared: return "shared";
    case Like::personal: return "personal";
  }
  return "";
}

// Tensors and parameters of those entries that `belongs` says.
template <class Belongs>
ordered_json group_of(const Catalog& catalog, Belongs belongs) {
  std::int64_t tensors = 0, parameters = 0;
  std::string example;
  for (const auto& entry : catalog.entries) {
    if (!belongs(entry)) continue;
    if (tensors++ == 0) example = entry.spec.name;
    parameters += entry.spec.count();
  }
  return {{"tensors", tensors}, {"parameters", parameters}, {"example", example}};
}

ordered_json roles_json(const Catalog& catalog) {
  ordered_json roles = ordered_json::array();
  for (const auto* role : kRoles) {
    ordered_json one = {{"role", role}};
    one.update(group_of(catalog, [role](const Entry& entry) { return entry.spec.role == role; }));
    if (one.at("tensors") > 0) roles.push_back(one);
  }
  return roles;
}

ordered_json groups_of(const Catalog& catalog, Where where) {
  ordered_json groups = ordered_json::array();
  for (const auto* role : kRoles) {
    ordered_json one = {{"where", name_of(where)}, {"role", role}};
    one.update(group_of(catalog, [&](const Entry& entry) { return entry.where == where && entry.spec.role == role; }));
    if (one.at("tensors") > 0) groups.push_back(one);
  }
  return groups;
}

ordered_json partition_json(const Catalog& catalog) {
  ordered_json partition = ordered_json::array();
  for (const auto where : {Where::shared, Where::personal, Where::held, Where::frozen}) {
    for (auto& group : groups_of(catalog, where)) partition.push_back(std::move(group));
  }
  return partition;
}

ordered_json rows_json(const Model& model) {
  ordered_json rows = ordered_json::array();
  const auto add = [&](const std::vector<Kept>& list, const std::string& owner) {
    for (const auto& row : list) {
      const bool travels = owner == "server" || row.sent;
      rows.push_back({{"name", row.name},
                      {"owner", owner},
                      {"like", name_of(row.like)},
                      {"scalars", size_of(row, model.catalog)},
                      {"start", row.like == Like::scalar ? ordered_json(row.value)
                                                         : ordered_json(row.start == Start::zero ? "zero" : "initial")},
                      {"travels", travels}});
    }
  };
  add(model.plan.keeps, "client");
  add(model.plan.serves, "server");
  return rows;
}

ordered_json costs_json(const Costs& costs) {
  const auto amount = [&costs](std::int64_t scalars) -> ordered_json {
    return {{"scalars", scalars}, {"bytes", scalars * costs.scalar_bytes}};
  };
  return {{"upload_per_client_round", amount(costs.upload)},
          {"download_per_client_round", amount(costs.download)},
          {"stored_per_client", amount(costs.stored)},
          {"own_per_client", amount(costs.own)},
          {"forward_macs_per_sample", costs.forward_macs},
          {"training_macs_per_sample_round", costs.training_macs ? ordered_json(*costs.training_macs) : ordered_json()}};
}

ordered_json phase_json(const Manifest& manifest, const Model& model, const Phase& phase, const std::string& when) {
  const auto trained = trained_by(model, phase);
  std::size_t at = 0;
  ordered_json one = {{"when", when}, {"trains", phase.trains}};
  one.update(group_of(model.catalog, [&](const Entry&) { return trained[at++]; }));
  one.erase("example");
  if (phase.steps > 0) one["steps"] = phase.steps;
  if (phase.steps == 0) one["epochs"] = phase.epochs < 0 ? manifest.training.epochs : phase.epochs;
  one["lr"] = (phase.lr < 0 ? manifest.training.optimizer.lr : phase.lr) * phase.lr_scale;
  one["parts"] = phase.parts;
  one["optimizer"] = phase.plain_sgd ? "sgd" : manifest.training.optimizer.use;
  one["works"] = works(manifest, model, phase);
  return one;
}

ordered_json phases_json(const Manifest& manifest, const Model& model) {
  const auto& plan = model.plan;
  ordered_json phases = ordered_json::array();
  for (const auto& phase : plan.training) phases.push_back(phase_json(manifest, model, phase, "training"));
  for (const auto& phase : plan.tuning) phases.push_back(phase_json(manifest, model, phase, "tuning"));
  for (const auto& phase : plan.closing) phases.push_back(phase_json(manifest, model, phase, "closing"));
  return phases;
}

ordered_json tensors_json(const Catalog& catalog) {
  ordered_json tensors = ordered_json::array();
  for (const auto& entry : catalog.entries) {
    tensors.push_back(
        {{"name", entry.spec.name}, {"shape", entry.spec.shape}, {"role", entry.spec.role}, {"where", name_of(entry.where)}});
  }
  return tensors;
}

ordered_json lock_json(const Manifest& manifest) {
  const auto lock = read_lock(manifest.folder);
  if (!lock) return nullptr;
  ordered_json plugins = ordered_json::array();
  for (const auto& one : lock->plugins) plugins.push_back({{"id", one.id}, {"version", one.version}, {"sha256", one.sha256}});
  return {{"file", lock->file.string()}, {"plugins", plugins}};
}

}  // namespace

std::string model_json(const Manifest& manifest, const Model& model, const Costs& costs) {
  ordered_json modules = ordered_json::array();
  if (model.modules) {
    for (const auto& plugin : model.modules->plugins()) modules.push_back(plugin_json(plugin));
  }
  ordered_json whole = {
      {"manifest", to_toml(manifest)},      {"strategy", plugin_json(model.strategy)},    {"modules", modules},
      {"roles", roles_json(model.catalog)}, {"partition", partition_json(model.catalog)}, {"rows", rows_json(model)},
      {"costs", costs_json(costs)},         {"phases", phases_json(manifest, model)},     {"tensors", tensors_json(model.catalog)}};
  if (const auto lock = lock_json(manifest); !lock.is_null()) whole["lock"] = lock;
  return whole.dump();
}

}  // namespace graft::core
