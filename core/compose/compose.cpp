// From a manifest to a model: plugins, tensors, plan, partition.
#include "core/compose/compose.hpp"

#include <ATen/ATen.h>

#include <set>

#include "core/backbone/weights.hpp"
#include "core/compose/partition.hpp"

namespace graft::core {

namespace {

std::vector<NamedModule> modules_of(const Manifest& manifest, const Plan& plan) {
  std::vector<NamedModule> modules;
  std::set<std::string> ids;
  for (auto& use : module_uses(manifest, plan)) {
    auto plugin = load_plugin(manifest, use, "module");
    if (!ids.insert(plugin.id).second) {
      throw error_at(use.place, "module '" + plugin.id + "' stands twice: several modules may stand, each of them once");
    }
    modules.push_back({std::move(plugin), std::move(use)});
  }
  return modules;
}

void refuse_doubles(const std::vector<Entry>& entries) {
  std::set<std::string> names;
  for (const auto& [spec, where, offset] : entries) {
    if (names.insert(spec.name).second) continue;
    throw Error(Exit::plugin, "plugin '" + spec.module + "' declared the tensor '" + spec.name + "', which the model has already");
  }
}

Use whole_use(const Plugin& plugin, const std::string& written, const Place& place) {
  Use use{written, {}, place};
  for (const auto& option : plugin.options) {
    if (option.value) use.options.push_back({option.name, *option.value, place});
  }
  return use;
}

}  // namespace

Manifest resolved(Manifest manifest, const Model& model) {
  const auto place = manifest.strategy.place;
  manifest.strategy = whole_use(model.strategy, manifest.strategy.id, place);
  const auto written = module_uses(manifest, model.plan);
  manifest.modules.clear();
  manifest.data.classes = model.vit.shape().classes;
  if (!model.modules) return manifest;
  for (std::size_t i = 0; i < written.size(); ++i) {
    manifest.modules.push_back(whole_use(model.modules->plugins()[i], written[i].id, place));
  }
  return manifest;
}

std::vector<Use> module_uses(const Manifest& manifest, const Plan& plan) {
  auto uses = manifest.modules;
  if (uses.empty()) {
    for (const auto& id : plan.modules) uses.push_back({id, {}, manifest.strategy.place});
  }
  return uses;
}

std::vector<const Plugin*> plugins_of(const Model& model) {
  std::vector<const Plugin*> plugins{&model.strategy};
  if (model.modules) {
    for (const auto& plugin : model.modules->plugins()) plugins.push_back(&plugin);
  }
  return plugins;
}

std::vector<std::string> choices_said(const Manifest& manifest, const Model& model) {
  std::vector<std::string> said;
  for (const auto& folder : missing_plugin_folders(manifest.plugin_paths)) {
    said.push_back("there is no folder of plugins '" + folder.string() + "', which GRAFT_PLUGIN_PATH or plugins.paths names");
  }
  for (const auto* plugin : plugins_of(model)) said.push_back(choice_text(*plugin));
  std::erase(said, "");
  return said;
}

Model compose(const Manifest& manifest, std::int64_t classes) {
  const auto shape = shape_of(manifest, classes);
  Model model{Vit(shape), nullptr, load_plugin(manifest, manifest.strategy, "strategy"), {}, {}, {}};
  model.plan = plan_of(model.strategy);
  for (auto& spec : tensors_of(shape)) model.catalog.entries.push_back({std::move(spec), Where::shared, 0});
  const auto modules = modules_of(manifest, model.plan);
  if (!modules.empty()) {
    model.modules = std::make_shared<Modules>(shape, modules, model.catalog.specs());
    for (const auto& spec : model.modules->tensors()) model.catalog.entries.push_back({spec, Where::shared, 0});
  }
  refuse_doubles(model.catalog.entries);
  divide(manifest, model);
  check_plan(manifest, model);
  return model;
}

InitialRows initial_rows(const Manifest& manifest, const Model& model, at::ScalarType dtype) {
  const auto& catalog = model.catalog;
  InitialRows rows;
  rows.row = at::empty({catalog.row}, dtype);
  rows.held = at::empty({1, catalog.held}, dtype);
  rows.frozen = at::empty({1, catalog.frozen}, dtype);
  GivenWeights given;
  if (!manifest.backbone.weights.empty()) given = fit_weights(manifest, model.vit.shape(), catalog.specs());
  rows.said = given.said;
  for (const auto& entry : catalog.entries) {
    const auto found = given.tensors.find(entry.spec.name);
    const auto values = found == given.tensors.end() ? initial_values(entry.spec, manifest.seed) : found->second;
    const auto& target = entry.where == Where::held ? rows.held[0] : entry.where == Where::frozen ? rows.frozen[0] : rows.row;
    target.narrow(0, entry.offset, entry.spec.count()).copy_(values.reshape(-1));
  }
  return rows;
}

}  // namespace graft::core
