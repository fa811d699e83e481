// Every variant is composed and its turn measured, as graft inspect does with one manifest.
#include "apps/graft/inspect_study.hpp"

#include <nlohmann/json.hpp>

#include "core/data/dataset.hpp"
#include "core/library/hook.hpp"
#include "core/manifest/study.hpp"
#include "core/manifest/study_file.hpp"
#include "core/report/model_json.hpp"
#include "core/report/variants_text.hpp"
#include "core/rounds/probe.hpp"

namespace graft {

bool is_study(const std::filesystem::path& file) {
  const auto read = core::read_study_file(file, {});
  return read.variants || read.base || read.seeds || read.baseline;
}

std::string inspected_study(const std::filesystem::path& file, const Arguments& overrides, bool json, std::size_t width) {
  const auto study = core::read_study({file}, overrides);
  nlohmann::ordered_json all = {{"study", study.name}, {"variants", nlohmann::ordered_json::array()}};
  for (const auto& variant : study.variants) {
    core::watch_hooks(variant.manifest.hook_limit_s);
    const auto model = core::compose(variant.manifest, core::classes_of(variant.manifest));
    const auto costs = core::measured_costs(core::found_without_data(variant.manifest));
    const auto facts = core::model_json(core::resolved(variant.manifest, model), model, costs);
    all["variants"].push_back({{"name", variant.name}, {"seeds", variant.seeds}, {"model", nlohmann::ordered_json::parse(facts)}});
  }
  return json ? all.dump() + "\n" : core::variants_text(all.dump(), width);
}

}  // namespace graft
