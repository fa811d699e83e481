// graft plugins: what is at hand, folder by folder in the order in which they are searched; one in full; and what adds, removes,
// locks.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/graft/help.hpp"
#include "apps/graft/own_output.hpp"
#include "apps/graft/plugin_list.hpp"
#include "apps/graft/plugin_verbs.hpp"
#include "apps/graft/verbs.hpp"
#include "core/library/choose.hpp"
#include "core/library/hook.hpp"
#include "core/report/layout.hpp"
#include "core/report/plugin_json.hpp"
#include "core/report/plugin_text.hpp"

namespace graft {

namespace {

using nlohmann::ordered_json;

constexpr double kHookLimit = 60;  // seconds

core::Cells row(const ordered_json& one) {
  const auto word = [&one](const char* name) { return one.value(name, ""); };
  auto text = word("summary");
  if (one.contains("use")) text = "use = \"" + word("use") + "\" takes it: " + text;
  if (one.contains("by")) text = "behind " + word("by") + "; " + text;
  if (one.contains("refused")) text = word("refused");
  return {word("id"), word("kind"), word("version"), word("state"), text};
}

std::string list(bool json) {
  const auto all = plugins_at_hand();
  if (json) return all.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  std::vector<std::pair<std::string, std::vector<core::Cells>>> sections;
  for (const auto& one : all) {
    const std::string folder = one.at("folder");
    if (sections.empty() || sections.back().first != folder) sections.push_back({folder, {}});
    sections.back().second.push_back(row(one));
  }
  std::string text;
  for (const auto& [folder, rows] : sections) text += folder + "\n" + core::aligned_within(help_width(), rows, {}, 2) + "\n";
  for (const auto& folder : core::missing_plugin_folders({}))
    text += folder.string() + "\n  there is no such folder: GRAFT_PLUGIN_PATH names it\n\n";
  if (!text.empty()) return text.substr(0, text.size() - 1);
  text = "no plugins; these folders were searched:\n";
  for (const auto& folder : core::plugin_folders({})) text += "  " + folder.string() + "\n";
  return text;
}

// A plugin at hand by its name, or any file.
core::Plugin opened(const std::string& word) {
  if (word.find('/') != std::string::npos || word.ends_with(".so")) {
    return core::open_plugin(std::filesystem::path(word), std::filesystem::path(word).stem().string());
  }
  const auto choice = core::choose_plugin({}, {word, {}, {}}, "plugin");
  auto plugin = core::open_plugin(choice.taken.file, choice.wanted.id);
  plugin.behind = choice.behind;
  return plugin;
}

std::string one(const std::string& word, bool json, std::size_t width) {
  const auto plugin = core::whole_plugin_json(opened(word));
  return json ? plugin.dump() + "\n" : core::plugin_text(plugin, width);
}

}  // namespace

int plugins_verb(const Arguments& arguments) {
  const auto first = arguments.empty() ? "" : arguments.front();
  const Arguments rest(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
  if (first == "add") return add_plugins(rest);
  if (first == "remove") return remove_plugins(rest);
  if (first == "lock") return lock_plugins(rest);
  CLI::App app(
      "Lists the strategies and modules at hand (FILE.so in a plugin folder is the plugin FILE), folder by folder as they are "
      "searched, or shows one in full: its options with default, range and meaning, what it does, and where it comes from. "
      "`add`, `remove` and `lock` have a --help of their own.",
      "graft plugins");
  std::string word;
  bool json = false;
  app.add_option("ID", word, "a plugin's name, ID@VERSION, or a file FILE.so; or add, remove, lock");
  app.add_flag("--json", json, "as one line of JSON");
  Arguments files;
  int answer_to = -1;
  app.add_option("--open-each", files)->group("");  // for this program itself
  app.add_option("--answer-to", answer_to)->group("");
  app.footer(
      "  graft plugins\n"
      "  graft plugins fedperfix\n"
      "  graft plugins ./mine.so\n"
      "  graft plugins add fedprox-1.0.0.tar.gz\n"
      "  graft plugins remove fedprox@1.0.0\n"
      "  graft plugins lock configs/quickstart.toml\n");
  if (!read_arguments(app, arguments)) return 0;
  if (!files.empty()) open_each(files, answer_to);
  if (word.empty()) return print(list(json)), 0;
  core::watch_hooks(kHookLimit, "");
  const auto width = help_width();
  OwnOutput output(true);
  output.print(one(word, json, width));
  return 0;
}

}  // namespace graft
