// Asks the file system, the descriptor, and the note beside the file.
#include "core/report/provenance_json.hpp"

#include <sys/stat.h>
#include <torch/headeronly/version.h>

#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

#include "core/base/files.hpp"

namespace graft::core {

namespace {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::size_t kLargest = 1 << 20;

// What `graft plugins add` wrote down, and whether it is of these bytes.
ordered_json note_beside(const fs::path& file, const std::string& sha256) {
  std::error_code none;
  const auto note = fs::canonical(file, none).parent_path() / kProvenanceFile;
  if (none || !fs::exists(note, none)) return nullptr;
  const auto json = ordered_json::parse(read_whole(note, Exit::plugin, kLargest), nullptr, false);
  const auto is_text = [&json](const char* name) { return json.contains(name) && json[name].is_string(); };
  if (!json.is_object() || !is_text("from") || !is_text("at") || !is_text("checked") || !is_text("sha256")) return nullptr;
  return {{"from", json["from"]}, {"at", json["at"]}, {"checked", json["checked"]}, {"same_bytes", json["sha256"] == sha256}};
}

}  // namespace

ordered_json provenance_json(const Plugin& plugin) {
  struct stat facts {};
  stat(plugin.file.c_str(), &facts);
  ordered_json json = {{"bytes", std::int64_t(facts.st_size)},
                       {"modified", utc_text(std::int64_t(facts.st_mtim.tv_sec) * 1000, Precision::seconds)},
                       {"sha256", plugin.sha256}};
  if (plugin.face.descriptor.built != nullptr) json["built"] = plugin.face.descriptor.built;
  if (plugin.native) json["libtorch"] = TORCH_VERSION;  // it fits no other
  json["behind"] = ordered_json::array();
  for (const auto& one : plugin.behind) json["behind"].push_back(one.file.string());
  if (auto added = note_beside(plugin.file, json["sha256"]); !added.is_null()) json["added"] = std::move(added);
  return json;
}

std::string utc_text(std::int64_t milliseconds, Precision precision) {
  const std::time_t seconds = milliseconds / 1000;
  std::tm date{};
  gmtime_r(&seconds, &date);
  char text[64];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &date);
  if (precision == Precision::seconds) return std::string(text) + "Z";
  char rest[16];
  std::snprintf(rest, sizeof rest, ".%03dZ", int(milliseconds % 1000));
  return std::string(text) + rest;
}

}  // namespace graft::core
