// As CBOR, since names of folders may be any bytes.
#include "apps/graft/compare_task.hpp"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/manifest/tree_json.hpp"

namespace graft {

using nlohmann::json;

namespace {

std::string to_bytes(const RunTask& task) {
  const json all = {{"name", task.name},   {"tree", core::json_of(task.tree)}, {"lock", task.lock_folder.native()},
                    {"seed", task.seed},   {"into", task.into.native()},       {"sums", task.sums},
                    {"ask", int(task.ask)}};
  const auto bytes = json::to_cbor(all);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

std::unique_ptr<core::ChildProcess> process_for(const RunTask& task, std::size_t jobs) {
  std::vector<std::string> set;
  if (jobs > 1 && std::getenv("OMP_NUM_THREADS") == nullptr)
    set.push_back("OMP_NUM_THREADS=" + std::to_string(std::max<std::size_t>(1, std::thread::hardware_concurrency() / jobs)));
  return std::make_unique<core::ChildProcess>(std::vector<std::string>{"compare"}, set, to_bytes(task));
}

RunTask task_from(std::string_view bytes) {
  const auto all = json::from_cbor(bytes);
  return {all.at("name"),
          core::tree_of(all.at("tree")),
          all.at("lock").get<std::string>(),
          all.at("seed"),
          all.at("into").get<std::string>(),
          all.at("sums").get<core::KnownSums>(),
          Ask(all.at("ask").get<int>())};
}

}  // namespace graft
