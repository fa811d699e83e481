// Divides a model's tensors as the manifest freezes them and the plan says.
#include "core/compose/partition.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/compose/selectors.hpp"

namespace graft::core {

namespace {

[[noreturn]] void refuse(const Model& model, const std::string& what) {
  throw Error(Exit::plugin, "plugin '" + model.strategy.id + "' returned a plan that cannot be: " + what);
}

// The plan's selectors are the plugin's own, unless the manifest gives it options to make them from.
std::vector<bool> by_the_plan(const Manifest& manifest, const Model& model, const std::string& expression) {
  try {
    return select(expression, model.catalog.specs());
  } catch (const std::invalid_argument& e) {
    if (manifest.strategy.options.empty()) refuse(model, e.what());
    throw error_at(manifest.strategy.place, "strategy '" + model.strategy.id + "': " + e.what());
  }
}

std::vector<bool> by_the_manifest(const Place& place, const std::string& expression, const Catalog& catalog) {
  try {
    return select(expression, catalog.specs());
  } catch (const std::invalid_argument& e) {
    throw error_at(place, e.what());
  }
}

void place_columns(Catalog& catalog, bool gossips) {
  std::int64_t personal = 0;
  for (auto& entry : catalog.entries) {
    std::int64_t& end = entry.where == Where::shared     ? catalog.shared
                        : entry.where == Where::personal ? personal
                        : entry.where == Where::held     ? catalog.held
                                                         : catalog.frozen;
    entry.offset = end;
    end += entry.spec.count();
  }
  catalog.row = catalog.shared + personal;
  catalog.first_own = gossips ? 0 : catalog.shared;
  for (auto& entry : catalog.entries) {
    if (entry.where == Where::personal) entry.offset += catalog.shared;
  }
}

// Selects what the phases train, but for what is frozen.
void resolve_phases(const Manifest& manifest, const std::vector<Phase>& phases, Model& model) {
  for (const auto& phase : phases) {
    auto trained = by_the_plan(manifest, model, phase.trains);
    for (std::size_t i = 0; i < trained.size(); ++i) {
      if (model.catalog.entries[i].where == Where::frozen) trained[i] = false;
    }
    model.selections[phase.trains] = std::move(trained);
  }
}

void check_closing(const Model& model, const Phase& phase) {
  if (phase.parts != 1) refuse(model, "closing draws batches in one part");
  const auto trained = trained_by(model, phase);
  for (std::size_t i = 0; i < trained.size(); ++i) {
    const auto& entry = model.catalog.entries[i];
    const bool everybodys = entry.where == Where::shared || entry.where == Where::held;
    if (trained[i] && everybodys) refuse(model, "closing trains '" + entry.spec.name + "', which is not personal");
  }
}

}  // namespace

std::vector<bool> trained_by(const Model& model, const Phase& phase) { return model.selections.at(phase.trains); }

bool works(const Manifest& manifest, const Model& model, const Phase& phase) {
  const auto epochs = phase.epochs < 0 ? manifest.training.epochs : phase.epochs;
  if (phase.steps == 0 && epochs == 0) return false;
  const auto trained = trained_by(model, phase);
  return std::find(trained.begin(), trained.end(), true) != trained.end();
}

void divide(const Manifest& manifest, Model& model) {
  auto& entries = model.catalog.entries;
  for (const auto& expression : manifest.backbone.freeze) {
    const auto frozen = by_the_manifest(manifest.backbone.freeze_place, expression, model.catalog);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (frozen[i]) entries[i].where = Where::frozen;
    }
  }
  for (const auto* phases : {&model.plan.training, &model.plan.tuning, &model.plan.closing}) {
    resolve_phases(manifest, *phases, model);
  }
  std::vector<bool> trained(entries.size());
  for (const auto& phase : model.plan.training) {
    if (!works(manifest, model, phase)) continue;
    const auto of_phase = trained_by(model, phase);
    for (std::size_t i = 0; i < entries.size(); ++i) trained[i] = trained[i] || of_phase[i];
  }
  const auto personal = by_the_plan(manifest, model, model.plan.personal);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].where == Where::frozen) continue;
    entries[i].where = personal[i] ? Where::personal : trained[i] ? Where::shared : Where::held;
  }
  place_columns(model.catalog, model.plan.gossips());
}

void check_plan(const Manifest& manifest, const Model& model) {
  const auto& plan = model.plan;
  for (const auto& phase : plan.training) {
    if (phase.parts != 1 && !model.strategy.face.strategy.step)
      refuse(model, "it draws batches in parts, and has no step of its own");
  }
  for (const auto& phase : plan.tuning) {
    if (phase.parts != 1) refuse(model, "tuning draws batches in one part");
  }
  for (const auto& phase : plan.closing) check_closing(model, phase);
  const auto& hooks = model.strategy.face.strategy;
  if (plan.gossips() && (hooks.upload || hooks.next || hooks.merge)) {
    refuse(model, "its clients gossip, and it has an upload, merge or next for a server");
  }
  if (hooks.predict && hooks.predictor) {
    refuse(model, "it has a predictor, and a predict in its place: expected one of them");
  }
  if (hooks.predict && !plan.tuning.empty()) {
    refuse(model, "it tunes a model before scoring, and predicts without one");
  }
  if (!plan.closing.empty() && manifest.evaluation.when == "before_merge") {
    throw error_at(place_of(manifest, "evaluation.when"), "evaluation.when = \"before_merge\" would never score what strategy '" +
                                                              model.strategy.id + "' trains after the last round");
  }
}

}  // namespace graft::core
