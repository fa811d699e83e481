// A composed model as JSON: tensors by role and by place, what travels and what is kept, costs, phases, plugins.
#pragma once
#include <string>

#include "core/compose/costs.hpp"

namespace graft::core {

// One line: {"manifest": the resolved TOML, "strategy", "modules", "roles", "partition", "rows", "costs", "phases", "tensors"}, and
// "lock" where a plugins.lock lies beside the manifest.
std::string model_json(const Manifest& manifest, const Model& model, const Costs& costs);

}  // namespace graft::core
