// graft plugins: what is at hand, folder by folder, and what was refused and why.
#include <CLI/CLI.hpp>

#include "apps/graft/verbs.hpp"
#include "core/base/error.hpp"
#include "core/library/plugin.hpp"
#include "core/report/layout.hpp"

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
    text += (text.empty() ? "" : "\n") + folder.string() + "\n" + core::aligned(plugins, {}, 2);
  }
  if (!rows.empty()) return text;
  text = "no plugins; these folders were searched:\n";
  for (const auto& folder : folders) text += "  " + folder.string() + "\n";
  return text;
}

// What later versions take.
void refuse_later(const Arguments& words) {
  if (words.empty()) return;
  const auto verb = words.front() == "add" || words.front() == "lock" ? words.front() : std::string("ID");
  throw core::Error(core::Exit::usage, "'graft plugins " + verb + "' is not available yet in this version",
                    "'graft plugins' lists what is at hand");
}

}  // namespace

int plugins_verb(const Arguments& arguments) {
  CLI::App app("Lists the strategies and modules at hand: a FILE.so in a plugin folder is the plugin FILE.", "graft plugins");
  Arguments words;
  app.add_option("WORDS", words)->group("");
  if (!read_arguments(app, arguments)) return 0;
  refuse_later(words);
  print(list());
  return 0;
}

}  // namespace graft
