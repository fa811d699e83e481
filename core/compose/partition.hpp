// The partition: which tensors are shared, personal, held and frozen, and where their columns lie.
#pragma once
#include "core/compose/compose.hpp"

namespace graft::core {

// Fills in where and offset of every entry, and the catalog's sizes, from backbone.freeze and the strategy's plan.
void divide(const Manifest& manifest, Model& model);

// Exit 3, the strategy named, for a plan that contradicts itself.
void check_plan(const Manifest& manifest, const Model& model);

}  // namespace graft::core
