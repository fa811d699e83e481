// graft plugins: what is at hand, folder by folder, and what was refused and why.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/graft/help.hpp"
#include "apps/graft/verbs.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/report/layout.hpp"
#include "core/report/plugin_json.hpp"
#include "core/report/plugin_text.hpp"

namespace graft {

namespace {

using core::Cells;

Cells described(const core::Found& found) {
  try {
    core::check_plugin_file(found.file);
    const auto plugin = core::open_plugin(found.file, found.id);
    return {plugin.id, plugin.kind, plugin.version, plugin.summary};
  } catch (const core::Error& error) {
    return {found.id, "refused", "", error.what()};
  }
}

std::string list() {
  const auto folders = core::plugin_folders({});
  std::map<std::filesystem::path, std::vector<Cells>> rows;
  for (const auto& found : core::find_plugins(folders)) rows[found.file.parent_path()].push_back(described(found));
  std::string text;
  for (const auto& [folder, plugins] : rows) {
    text += (text.empty() ? "" : "\n") + folder.string() + "\n" + core::aligned_within(help_width(), plugins, {}, 2);
  }
  if (!rows.empty()) return text;
  text = "no plugins; these folders were searched:\n";
  for (const auto& folder : folders) text += "  " + folder.string() + "\n";
  return text;
}

std::string list_json() {
  auto all = nlohmann::ordered_json::array();
  for (const auto& found : core::find_plugins(core::plugin_folders({}))) {
    try {
      core::check_plugin_file(found.file);
      all.push_back(core::plugin_json(core::open_plugin(found.file, found.id)));
    } catch (const core::Error& error) {
      all.push_back({{"id", found.id}, {"file", found.file.string()}, {"refused", error.what()}});
    }
  }
  return all.dump() + "\n";
}

// What later versions take.
void refuse_later(const std::string& word) {
  if (word != "add" && word != "lock" && word != "remove") return;
  throw core::Error(core::Exit::usage, "'graft plugins " + word + "' is not available yet in this version",
                    "'graft plugins' lists what is at hand");
}

// A plugin at hand by its id, or any file.
std::filesystem::path file_of(const std::string& word) {
  if (word.find('/') != std::string::npos || word.ends_with(".so")) return word;
  std::vector<std::string> known;
  for (const auto& found : core::find_plugins(core::plugin_folders({}))) {
    if (found.id == word) return found.file;
    known.push_back(found.id);
  }
  throw core::Error(core::Exit::usage, "there is no plugin '" + word + "'" + core::did_you_mean(word, known),
                    known.empty() ? "'graft plugins' says where they are searched" : "at hand: " + core::joined(known));
}

std::string one(const std::string& word, bool json) {
  const auto file = file_of(word);
  core::check_plugin_file(file);
  const auto plugin = core::whole_plugin_json(core::open_plugin(file, file.stem().string()));
  return json ? plugin.dump() + "\n" : core::plugin_text(plugin, help_width());
}

}  // namespace

int plugins_verb(const Arguments& arguments) {
  CLI::App app(
      "Lists the strategies and modules at hand (FILE.so in a plugin folder is the plugin FILE), or shows one in full: its "
      "options with default, range and meaning, and what it does.",
      "graft plugins");
  std::string word;
  bool json = false;
  app.add_option("ID", word, "a plugin's name, or a file FILE.so");
  app.add_flag("--json", json, "as one line of JSON");
  app.footer("  graft plugins\n  graft plugins fedperfix\n  graft plugins ./mine.so\n");
  if (!read_arguments(app, arguments)) return 0;
  refuse_later(word);
  print(!word.empty() ? one(word, json) : json ? list_json() : list());
  return 0;
}

}  // namespace graft
