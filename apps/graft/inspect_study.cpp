// Every variant is composed and its turn measured, as graft inspect does with one manifest.
#include "apps/graft/inspect_study.hpp"

#include <nlohmann/json.hpp>

#include "apps/graft/inspected_model.hpp"
#include "core/manifest/study.hpp"
#include "core/manifest/study_file.hpp"
#include "core/report/variants_text.hpp"

namespace graft {

bool is_study(const std::filesystem::path& file) {
  const auto read = core::read_study_file(file, {});
  return read.variants || read.grid || read.base || read.seeds || read.baseline;
}

std::string inspected_study(const std::filesystem::path& file, const Arguments& overrides, bool json, std::size_t width) {
  const auto study = core::read_study({file}, overrides);
  nlohmann::ordered_json all = {{"study", study.name}, {"variants", nlohmann::ordered_json::array()}};
  for (const auto& variant : study.variants) {
    const auto facts = inspected_model(variant.manifest).facts;
    all["variants"].push_back({{"name", variant.name}, {"seeds", variant.seeds}, {"model", nlohmann::ordered_json::parse(facts)}});
  }
  return json ? all.dump() + "\n" : core::variants_text(all.dump(), width);
}

}  // namespace graft
