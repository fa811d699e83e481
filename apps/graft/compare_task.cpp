// As CBOR, since names of folders may be any bytes.
#include "apps/graft/compare_task.hpp"

#include <nlohmann/json.hpp>

#include "core/manifest/tree_json.hpp"

namespace graft {

using nlohmann::json;

std::string to_bytes(const RunTask& task) {
  const json all = {{"name", task.name}, {"tree", core::json_of(task.tree)}, {"lock", task.lock_folder.native()},
                    {"seed", task.seed}, {"into", task.into.native()},       {"sums", task.sums}};
  const auto bytes = json::to_cbor(all);
  return {bytes.begin(), bytes.end()};
}

RunTask task_from(std::string_view bytes) {
  const auto all = json::from_cbor(bytes);
  return {all.at("name"), core::tree_of(all.at("tree")),     all.at("lock").get<std::string>(),
          all.at("seed"), all.at("into").get<std::string>(), all.at("sums").get<core::KnownSums>()};
}

}  // namespace graft
