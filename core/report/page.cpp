// Reads run folders as they are, also while their runs go on.
#include "core/report/page.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/base/files.hpp"
#include "core/base/version.hpp"
#include "core/manifest/leaves.hpp"
#include "core/manifest/literal.hpp"
#include "core/report/comparison_notes.hpp"
#include "core/report/comparison_text.hpp"
#include "core/report/page_files.hpp"

namespace graft::core {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

// Rounds that were scored, and what was sent and spent until then.
ordered_json curve_of(const fs::path& folder) {
  ordered_json curve;
  for (const auto* name : {"round", "mean", "p10", "p90", "loss", "validation", "train_loss", "bytes", "seconds"})
    curve[name] = ordered_json::array();
  double bytes = 0, seconds = 0;
  std::istringstream lines(read_if_there(folder / "rounds.jsonl", Exit::data));
  for (std::string line; std::getline(lines, line);) {
    const auto record = ordered_json::parse(line, nullptr, false);
    if (!record.is_object() || !record.contains("round")) break;  // half a line, of a round that is being written
    bytes += record.value("upload_bytes", 0.0) + record.value("download_bytes", 0.0);
    for (const auto* part : {"train_s", "merge_s", "evaluate_s", "write_s"}) seconds += record.value(part, 0.0);
    const auto accuracy = record.value("accuracy", ordered_json::object()),
               validation = record.value("validation", ordered_json::object());
    curve["round"].push_back(record.at("round"));
    for (const auto* name : {"mean", "p10", "p90"}) curve[name].push_back(accuracy.value(name, ordered_json()));
    curve["validation"].push_back(validation.value("mean", ordered_json()));
    curve["loss"].push_back(record.value("loss", ordered_json()));
    curve["train_loss"].push_back(record.value("train_loss", ordered_json()));
    curve["bytes"].push_back(bytes);
    curve["seconds"].push_back(seconds);
  }
  return curve;
}

ordered_json clients_of(const ordered_json& summary) {
  auto clients = ordered_json::array();
  for (const auto& client : summary.value("clients", ordered_json::array())) {
    clients.push_back({{"id", client.value("id", 0)}, {"accuracy", client.value("accuracy", ordered_json())}});
  }
  return clients;
}

ordered_json manifest_of(const fs::path& folder) {
  const auto text = read_if_there(folder / "manifest.toml", Exit::data);
  if (text.empty()) return nullptr;
  auto keys = ordered_json::object();
  for_each_leaf(read_toml(text, source_text(text, "")), [&keys](const std::string& key, const Tree& value) {
    const auto* word = std::get_if<std::string>(&value.value);
    keys[key] = word != nullptr ? *word : shown(value);
  });
  return {{"text", text}, {"keys", keys}};
}

// Of each kind of parameters, how much stays with its client.
ordered_json personal_of(const ordered_json& summary) {
  auto shares = ordered_json::object();
  const auto parameters = summary.value("parameters", ordered_json::object());
  const auto personal = parameters.value("personal_by_role", ordered_json::object());
  const auto by_role = parameters.value("by_role", ordered_json::object());
  for (const auto& [role, count] : by_role.items()) {
    shares[role] = personal.value(role, 0.0) / std::max(1.0, count.get<double>());
  }
  return shares;
}

// Classes, and the clients' counts of each.
ordered_json split_of(const fs::path& folder) {
  const auto data = ordered_json::parse(read_if_there(folder / "data.json", Exit::data), nullptr, false);
  if (!data.is_object()) return nullptr;
  ordered_json split = {{"classes", ordered_json::array()}, {"clients", ordered_json::array()}};
  for (const auto& one : data.at("source").at("classes"))
    split["classes"].push_back(one.contains("name") ? one.at("name").get<std::string>() : one.at("label").dump());
  for (const auto& one : data.at("split").at("clients"))
    split["clients"].push_back({{"id", one.at("id")}, {"counts", one.at("counts")}});
  return split;
}

// The split that this variant's runs begin with, beside those of the variants before it.
void add_split(ordered_json& splits, const StudyVariant& variant, const fs::path& study) {
  for (const auto& run : variant.runs) {
    auto split = run.folder.empty() ? ordered_json() : split_of(study / run.folder);
    if (split.is_null()) continue;
    split["seed"] = run.seed;
    const auto same = std::ranges::find_if(splits, [&split](const ordered_json& known) { return known.at("split") == split; });
    if (same != splits.end()) return same->at("of").push_back(variant.name);
    return splits.push_back({{"of", ordered_json::array({variant.name})}, {"split", std::move(split)}});
  }
}

ordered_json variant_of(const StudyVariant& variant, const fs::path& study, ordered_json& page) {
  ordered_json json = {{"name", variant.name}, {"state", text_of(state_of(variant))}, {"runs", ordered_json::array()}};
  for (const auto& run : variant.runs) {
    if (run.folder.empty()) continue;
    const auto folder = study / run.folder;
    const auto summary = ordered_json::parse(run.summary, nullptr, false);
    const bool done = summary.is_object();
    json["runs"].push_back(
        {{"seed", run.seed}, {"curve", curve_of(folder)}, {"clients", done ? clients_of(summary) : ordered_json()}});
    if (!json.contains("manifest") || json["manifest"].is_null()) json["manifest"] = manifest_of(folder);
    if (done && !json.contains("personal")) json["personal"] = personal_of(summary);
    if (done && !page["versions"].contains("plugins"))
      page["versions"] = summary.value("versions", page["versions"]);
    else if (done)
      page["versions"]["plugins"].update(summary.value("versions", ordered_json()).value("plugins", ordered_json::object()));
  }
  return json;
}

}  // namespace

std::string page_data(const Comparison& comparison, bool live) {
  const auto& results = comparison.results;
  ordered_json page = {{"name", results.name},
                       {"subtitle", comparison_title(comparison)},
                       {"folder", results.folder},
                       {"live", live},
                       {"comparison", ordered_json::parse(comparison_json(comparison))},
                       {"notes", comparison_notes(comparison)},
                       {"splits", ordered_json::array()},
                       {"versions", {{"graft", version()}}},
                       {"variants", ordered_json::array()}};
  for (const auto& variant : results.variants) {
    page["variants"].push_back(variant_of(variant, results.folder, page));
    add_split(page["splits"], variant, results.folder);
  }
  page["comparison"].erase("pairs");  // which the page does not show
  return page.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string page_html(const std::string& data) {
  std::string safe, html = page_template();
  for (const char c : data) c == '<' ? safe += "\\u003c" : safe += c;  // no word in it ends the script that it stands in
  const std::string mark = "{{data}}";
  return html.replace(html.find(mark), mark.size(), safe);
}

StudyResults results_of_run(const fs::path& folder) {
  const auto manifest = manifest_of(folder);
  const auto keys = manifest.is_object() ? manifest.at("keys") : ordered_json::object();
  const auto summary = read_if_there(folder / "summary.json", Exit::data);
  const auto seed = keys.value("seed", std::string("0"));
  StudyRun run{
      .seed = std::stoull(seed), .folder = ".", .state = summary.empty() ? RunState::missing : RunState::done, .summary = summary};
  const auto name = keys.value("name", folder.filename().string());
  return {name, folder.string(), 0, {{name, {}, {run}}}};
}

}  // namespace graft::core
