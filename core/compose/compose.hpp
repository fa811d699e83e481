// Joins backbone, modules and strategy into a model: its catalog of tensors, what of it travels, and its initial values.
#pragma once
#include <ATen/core/Tensor.h>

#include <map>
#include <memory>

#include "core/backbone/vit.hpp"
#include "core/compose/catalog.hpp"
#include "core/compose/modules.hpp"
#include "core/library/plugin.hpp"

namespace graft::core {

struct Model {
  Vit vit;
  std::shared_ptr<const Modules> modules;  // null: none
  Plugin strategy;
  Plan plan;
  Catalog catalog;
  std::map<std::string, std::vector<bool>> selections;  // by expression: what the plan's phases train
  const Injections* injections() const { return modules.get(); }
};

// Loads the plugins that a manifest names, seats the modules, asks the strategy for its plan and divides the tensors. What does not
// fit together is an Error: a selector that matches nothing, tensors of one name, a plan that contradicts itself.
Model compose(const Manifest& manifest, std::int64_t classes);

// The modules that a manifest lists, or else that a plan inserts.
std::vector<Use> module_uses(const Manifest& manifest, const Plan& plan);

std::vector<const Plugin*> plugins_of(const Model& model);  // the strategy, then the modules

// A line for each plugin of which there were several at hand: which was taken, and why not the others; and one for each folder of
// plugins that is named and not there.
std::vector<std::string> choices_said(const Manifest& manifest, const Model& model);

// The manifest with what its plugins and its data add to it: the modules that a plan inserts, the value of every option, the number
// of classes.
Manifest resolved(Manifest manifest, const Model& model);

// The tensors that a phase trains: selected, and not frozen.
std::vector<bool> trained_by(const Model& model, const Phase& phase);

// Whether a phase has anything to do: it trains something, for some epochs or steps.
bool works(const Manifest& manifest, const Model& model, const Phase& phase);

struct InitialRows {
  at::Tensor row;                 // [P]
  at::Tensor held, frozen;        // [1, H], [1, F]
  std::vector<std::string> said;  // what a user should hear of given weights
};
// Drawn from the seed, or given: equal for all clients. Of the given type, on the CPU.
InitialRows initial_rows(const Manifest& manifest, const Model& model, at::ScalarType dtype);

}  // namespace graft::core
