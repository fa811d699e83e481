// graft plugins remove: takes away what `graft plugins add` put there, and nothing else.
#include <CLI/CLI.hpp>

#include "apps/graft/interrupt.hpp"
#include "apps/graft/plugin_home.hpp"
#include "apps/graft/plugin_verbs.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/library/choose.hpp"

namespace graft {

namespace {

using core::Error;
using core::Exit;

std::string remedy(const core::Found& found, const std::vector<std::filesystem::path>& folders) {
  if (found.folder == core::users_plugin_folder()) return "it was copied there by hand: rm '" + found.file.string() + "'";
  if (!folders.empty() && found.folder == folders.back())
    return "it came with this program, and goes with it; what is added stands before it";
  return "it lies in a folder of GRAFT_PLUGIN_PATH: take the folder out of there, or the file away";
}

// Nothing that was added: what else goes by that name, and how it could go.
Error not_added(const core::PluginName& name, const std::vector<HomePlugin>& others) {
  if (!others.empty()) {
    std::vector<std::string> versions;
    for (const auto& one : others) versions.push_back(one.version);
    return {Exit::usage, "there is no version " + name.version + " of '" + name.id + "', at hand: " + core::joined(versions)};
  }
  const auto folders = core::plugin_folders({});
  std::vector<std::string> known;
  for (const auto& found : core::all_plugins(folders)) {
    if (found.id == name.id) {
      return {Exit::usage, "'" + name.id + "' was not put there by 'graft plugins add': " + found.file.string(),
              remedy(found, folders)};
    }
    known.push_back(found.id);
  }
  return {Exit::usage, "there is no plugin '" + name.id + "'" + core::did_you_mean(name.id, known),
          "'graft plugins' lists what is at hand"};
}

void remove(const std::string& word) {
  const auto name = core::plugin_name(word, {});
  const auto all = plugins_at_home(name.id);
  auto chosen = all;
  if (!name.version.empty()) std::erase_if(chosen, [&](const HomePlugin& one) { return one.version != name.version; });
  if (chosen.empty()) throw not_added(name, all);
  std::optional<std::string> left;
  for (const auto& plugin : chosen) {
    left = remove_from_home(plugin);
    print(plugin.id + " " + plugin.version + ": removed " + plugin.file.string() + "\n");
  }
  if (left) return print("  use = \"" + name.id + "\" takes " + *left + " now\n");
  for (const auto& found : core::find_plugins(core::plugin_folders({}))) {
    if (found.id == name.id) print("  use = \"" + name.id + "\" takes " + found.file.string() + " now\n");
  }
}

}  // namespace

int remove_plugins(const Arguments& arguments) {
  CLI::App app("Takes plugins out of your plugin folder, where `graft plugins add` put them: one version, or all of an id.",
               "graft plugins remove");
  Arguments words;
  app.add_option("ID", words, "a plugin's name, or ID@VERSION")->required();
  app.footer("  graft plugins remove fedprox\n  graft plugins remove fedprox@1.0.0\n");
  if (!read_arguments(app, arguments)) return 0;
  const HomeLock lock(listen_for_interrupts());
  for (const auto& word : words) remove(word);
  return 0;
}

}  // namespace graft
