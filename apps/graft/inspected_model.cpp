// Composed once, and a turn of it measured.
#include "apps/graft/inspected_model.hpp"

#include "core/library/hook.hpp"
#include "core/report/model_json.hpp"
#include "core/rounds/probe.hpp"

namespace graft {

InspectedModel inspected_model(const core::Manifest& given) {
  core::watch_hooks(given.hook_limit_s);
  auto anywhere = given;
  anywhere.device = "cpu";
  anywhere.backbone.weights.clear();
  const auto federation = core::found_without_data(anywhere);
  const auto manifest = core::resolved(given, federation.model);
  return {manifest, federation.model, core::model_json(manifest, federation.model, core::measured_costs(federation))};
}

}  // namespace graft
