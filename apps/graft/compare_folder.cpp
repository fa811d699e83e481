// identity.json and study.json are written whole, and read with suspicion.
#include "apps/graft/compare_folder.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/files.hpp"
#include "core/report/comparison_text.hpp"
#include "core/report/page.hpp"
#include "core/rounds/checkpoint.hpp"
#include "core/rounds/identity.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;
using core::Error;
using core::Exit;
using core::RunState;
using core::StudyRun;
using nlohmann::ordered_json;

constexpr auto kStudyFile = "study.json";
constexpr int kFormat = 2;
constexpr auto kDamaged = "holds a study.json that is damaged, or of another version of graft";
constexpr std::size_t kLargest = 64 << 20;  // bytes

ordered_json read_json(const fs::path& file) {
  std::error_code none;
  if (!fs::is_regular_file(file, none)) return nullptr;
  return ordered_json::parse(core::read_whole(file, Exit::data, kLargest), nullptr, false);
}

// 1 of NAME, N of NAME-N, 0 of all else.
std::int64_t number_of(const std::string& folder, const std::string& name) {
  if (folder == name) return 1;
  if (!folder.starts_with(name + "-")) return 0;
  const auto digits = folder.substr(name.size() + 1);
  const bool whole =
      !digits.empty() && digits.size() < 10 && digits[0] != '0' && digits.find_first_not_of("0123456789") == std::string::npos;
  const auto number = whole ? std::stoll(digits) : 0;
  return number > 1 ? number : 0;
}

std::map<std::int64_t, fs::path> numbered(const fs::path& into) {
  std::map<std::int64_t, fs::path> folders;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(into.parent_path(), none)) {
    if (const auto number = number_of(entry.path().filename().string(), into.filename().string()); number > 0) {
      folders[number] = entry.path();
    }
  }
  return folders;
}

// Nothing in it, or only what was half written; `also`: a file that alone is nothing either.
bool is_free(const fs::path& folder, const std::string& also = "") {
  std::error_code none;
  if (!fs::is_directory(folder, none)) return false;
  const fs::directory_iterator files(folder);
  return std::all_of(begin(files), end(files),
                     [&](const auto& file) { return file.path().extension() == ".part" || file.path().filename() == also; });
}

// Why the run there cannot be this one although it has its identity; "": it can.
std::string unfit(const fs::path& folder, std::int64_t rounds) {
  try {
    const auto facts = core::checkpoint_facts(folder / "checkpoint");
    if (facts && facts->rounds_done > rounds) return "more rounds were added to it";
    return facts && facts->rounds_done > records_in(folder) ? "its rounds.jsonl lacks rounds" : "";
  } catch (const Error& error) {
    return error.what();
  }
}

Error not_ours(const fs::path& folder, const std::string& what) {
  return {Exit::usage, "'" + folder.string() + "' " + what, "another --out begins a comparison elsewhere"};
}

// Of the variants whose manifests are the same as then.
void recall(core::StudyResults& results, const ordered_json& json) {
  std::set<std::string> same;
  for (const auto& then : json.value("variants", ordered_json::array())) {
    const auto now = std::ranges::find(results.variants, then.value("name", ""), &core::StudyVariant::name);
    if (now != results.variants.end() && then.value("manifest_sum", "") == now->manifest_sum) same.insert(now->name);
  }
  for (const auto& known : json.value("runs", ordered_json::array())) {
    for (auto& variant : results.variants) {
      if (known.value("variant", "") != variant.name || !same.contains(variant.name)) continue;
      const auto run = std::ranges::find(variant.runs, known.value("seed", std::uint64_t(0)), &StudyRun::seed);
      if (run == variant.runs.end() || known.value("state", "") != "done") continue;
      run->folder = known.value("folder", "");
      run->state = RunState::done;
    }
  }
}

// A variant's entry in study.json, and back.
ordered_json variant_json(const core::StudyVariant& variant) {
  ordered_json json = {{"name", variant.name}, {"manifest_sum", variant.manifest_sum}};
  if (const auto& published = variant.published) {
    json["published"] = {published->mean};
    if (published->std) json["published"].push_back(*published->std);
  }
  return json;
}

core::StudyVariant variant_of(const ordered_json& json) {
  core::StudyVariant variant{.name = json.at("name")};
  if (!json.contains("published")) return variant;
  const auto& published = json.at("published");
  variant.published = core::Published{published.at(0)};
  if (published.size() > 1) variant.published->std = published.at(1).get<double>();
  return variant;
}

StudyRun run_of(const ordered_json& json) {
  return {.seed = json.at("seed"),
          .folder = json.value("folder", ""),
          .state = core::state_of(json.at("state")),
          .status = json.value("status", 0),
          .why = json.value("why", "")};
}

// What study.json says; nlohmann::json::exception where it is damaged.
core::StudyResults results_of(const ordered_json& json, const fs::path& folder) {
  core::StudyResults results{.name = json.at("study"), .folder = folder.string(), .baseline = json.at("baseline")};
  for (const auto& one : json.at("variants")) results.variants.push_back(variant_of(one));
  if (results.variants.empty()) throw not_ours(folder, kDamaged);
  results.baseline = std::min(results.baseline, results.variants.size() - 1);
  for (const auto& one : json.at("runs")) {
    const auto variant = std::ranges::find(results.variants, one.at("variant").get<std::string>(), &core::StudyVariant::name);
    if (variant != results.variants.end()) variant->runs.push_back(run_of(one));
  }
  return results;
}

// Of a run that is done: its summary, and which samples it had.
void read_run(StudyRun& run, const fs::path& study) {
  const auto folder = study / run.folder;
  run.summary = core::read_whole(folder / "summary.json", Exit::data, kLargest);
  const auto facts = core::checkpoint_facts(folder / "checkpoint");
  run.samples = facts ? facts->data_sum : "";
}

bool try_to_read(StudyRun& run, const fs::path& study) {
  try {
    if (run.summary.empty()) read_run(run, study);
  } catch (const Error&) {  // it may be anew at work
    return false;
  }
  return ordered_json::accept(run.summary);
}

}  // namespace

std::int64_t records_in(const fs::path& run) {
  return std::ranges::count(core::read_if_there(run / "rounds.jsonl", Exit::data), '\n');
}

fs::path folder_of(const fs::path& study, const std::string& variant, std::uint64_t seed) {
  return study / (variant + "-seed-" + std::to_string(seed));
}

ChosenRun chosen_run(const fs::path& into, const ordered_json& identity, std::int64_t rounds) {
  ChosenRun chosen;
  const auto folders = numbered(into);
  for (const auto& [number, folder] : folders) {
    const auto known = read_json(folder / core::kIdentityFile);
    const bool same = known == identity;
    const auto why = same ? unfit(folder, rounds) : "";
    if (same && why.empty()) return {folder, true, ""};
    if (same) chosen.difference = why;
    const bool nothing = is_free(folder, core::kIdentityFile);  // of a run that failed before it began
    if (!same && !nothing && known.is_object()) chosen.difference = core::identity_difference(identity, known);
    if (chosen.folder.empty() && nothing) chosen.folder = folder;
  }
  for (std::int64_t number = 1; chosen.folder.empty(); ++number) {
    if (folders.count(number) > 0) continue;
    chosen.folder = number == 1 ? into : into.parent_path() / (into.filename().string() + "-" + std::to_string(number));
  }
  return chosen;
}

void enter_study(core::StudyResults& results) {
  const fs::path folder = results.folder;
  std::error_code none;
  if (!fs::exists(folder, none) || is_free(folder)) return;
  if (!fs::is_directory(folder, none)) throw not_ours(folder, "is a file, expected a folder");
  const auto json = read_json(folder / kStudyFile);
  const bool run = fs::exists(folder / "rounds.jsonl", none);
  if (json.is_null())
    throw not_ours(folder, std::string("is there already, and ") + (run ? "holds a run" : "is no comparison's folder"));
  const bool whole = json.is_object() && json.contains("study") && json["study"].is_string();
  const bool ours = whole && json.contains("format") && json["format"] == kFormat;
  if (!ours) throw not_ours(folder, kDamaged);
  const auto name = json.value("study", "");
  if (name != results.name) throw not_ours(folder, "holds the comparison '" + name + "', expected '" + results.name + "'");
  try {
    recall(results, json);
  } catch (const nlohmann::json::exception&) {  // then nothing is known
  }
}

void make_study_folder(const fs::path& folder) {
  try {
    fs::create_directories(folder);
  } catch (const fs::filesystem_error& error) {
    throw Error(Exit::failed, "cannot make the folder '" + folder.string() + "': " + error.code().message());
  }
}

void note_study(const core::StudyResults& results) {
  ordered_json json = {{"format", kFormat},
                       {"study", results.name},
                       {"baseline", results.baseline},
                       {"variants", ordered_json::array()},
                       {"runs", ordered_json::array()}};
  for (const auto& variant : results.variants) {
    json["variants"].push_back(variant_json(variant));
    for (const auto& run : variant.runs) {
      json["runs"].push_back({{"variant", variant.name}});
      json["runs"].back().update(core::run_json(run));
    }
  }
  core::write_whole(fs::path(results.folder) / kStudyFile, json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
}

bool is_study_folder(const fs::path& folder) { return fs::exists(folder / kStudyFile); }

core::StudyResults results_in_folder(const fs::path& folder) {
  try {
    return results_of(read_json(folder / kStudyFile), folder);
  } catch (const nlohmann::json::exception&) {
    throw not_ours(folder, kDamaged);
  }
}

core::Comparison compared_in_folder(core::StudyResults results) {
  for (auto& variant : results.variants) {
    for (auto& run : variant.runs) {
      if (run.state == RunState::done) read_run(run, results.folder);
    }
  }
  return core::compared(std::move(results));
}

core::Comparison compared_as_it_is(core::StudyResults results) {
  for (auto& variant : results.variants) {
    for (auto& run : variant.runs) {
      if (run.state == RunState::done && !try_to_read(run, results.folder)) run.state = RunState::missing;
    }
  }
  return core::compared(std::move(results), core::Pairs::to_baseline);
}

void write_comparison(const core::Comparison& comparison, bool whole) {
  const fs::path folder = comparison.results.folder;
  if (!whole && fs::exists(folder / "comparison.csv")) return;
  core::write_whole(folder / "comparison.csv", core::comparison_csv(comparison));
  core::write_whole(folder / "pairs.csv", core::pairs_csv(comparison));
  core::write_whole(folder / "comparison.md", core::comparison_markdown(comparison));
  core::write_whole(folder / "comparison.tex", core::comparison_latex(comparison));
  core::write_whole(folder / "comparison.json", core::comparison_json(comparison) + "\n");
  core::write_whole(folder / "comparison.html", core::page_html(core::page_data(comparison, false)));
}

}  // namespace graft
