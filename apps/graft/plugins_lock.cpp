// graft plugins lock: writes down which plugins manifests use, byte for byte; from then on nothing else loads for them.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "apps/graft/plugin_verbs.hpp"
#include "core/base/error.hpp"
#include "core/base/files.hpp"
#include "core/base/text.hpp"
#include "core/compose/compose.hpp"
#include "core/library/choose.hpp"
#include "core/library/hook.hpp"
#include "core/library/lock.hpp"
#include "core/library/sha256.hpp"
#include "core/manifest/tree.hpp"
#include "core/report/layout.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;
using core::Error;
using core::Exit;

constexpr std::size_t kLargest = 1 << 20;  // bytes of a manifest

// A TOML file with both tables that every manifest has.
bool is_manifest(const fs::path& file) {
  const auto text = core::read_whole(file, Exit::usage, kLargest);
  const auto tree = core::read_toml(text, core::source_text(text, file.string()));
  const auto& table = std::get<core::Tree::Table>(tree.value);
  const auto has = [&](const char* key) { return std::ranges::find(table, key, &core::KeyValue::key) != table.end(); };
  return has("data") && has("strategy");
}

std::vector<fs::path> manifests_here() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(".")) {
    const auto name = entry.path().filename();
    if (name.extension() == ".toml" && entry.is_regular_file() && is_manifest(name)) files.push_back(name);
  }
  std::sort(files.begin(), files.end());
  if (files.empty())
    throw Error(Exit::usage, "there is no manifest here, expected files *.toml with [data] and [strategy], or their names");
  return files;
}

fs::path one_folder(const std::vector<fs::path>& files) {
  const auto folder_of = [](const fs::path& file) { return fs::absolute(file).lexically_normal().parent_path(); };
  for (const auto& file : files) {
    if (folder_of(file) == folder_of(files.front())) continue;
    throw Error(Exit::usage, "'" + file.string() + "' lies in another folder than '" + files.front().string() +
                                 "': a lock is for the manifests of one folder");
  }
  return folder_of(files.front());
}

void add(std::vector<core::LockedPlugin>& plugins, const core::Plugin& plugin) {
  const bool there =
      std::ranges::any_of(plugins, [&](const auto& one) { return one.id == plugin.id && one.sha256 == plugin.sha256; });
  if (!there) plugins.push_back({plugin.id, plugin.version, plugin.sha256});
}

void add_used(std::vector<core::LockedPlugin>& plugins, core::Manifest manifest) {
  manifest.folder.clear();  // what is locked now is not asked
  core::watch_hooks(manifest.hook_limit_s);
  const auto strategy = core::load_plugin(manifest, manifest.strategy, "strategy");
  add(plugins, strategy);
  for (const auto& use : core::module_uses(manifest, core::plan_of(strategy)))
    add(plugins, core::load_plugin(manifest, use, "module"));
}

void add_named(std::vector<core::LockedPlugin>& plugins, const core::Manifest& manifest, const std::string& name) {
  auto anywhere = manifest;
  anywhere.folder.clear();
  const auto choice = core::choose_plugin(anywhere, {name, {}, {}}, "plugin");
  auto plugin = core::open_plugin(choice.taken.file, choice.wanted.id);
  plugin.sha256 = core::sha256_of(choice.taken.file);
  add(plugins, plugin);
}

}  // namespace

int lock_plugins(const Arguments& arguments) {
  CLI::App app(
      "Writes plugins.lock beside manifests: id, version and SHA-256 of every plugin that they use, inserted modules too. From "
      "then on "
      "manifests in that folder load these plugins only, byte for byte. The lock is written anew, for the manifests named, or for "
      "all "
      "*.toml of the working folder that are manifests.",
      "graft plugins lock");
  Arguments words, also;
  app.add_option("M", words, "manifests of one folder")->type_name("FILE");
  app.add_option("--also", also, "locks this plugin too, for --set; may stand several times")
      ->type_name("ID")
      ->allow_extra_args(false);
  app.footer("  graft plugins lock configs/quickstart.toml\n  graft plugins lock a.toml b.toml --also fedavg\n");
  if (!read_arguments(app, arguments)) return 0;
  const auto files = words.empty() ? manifests_here() : std::vector<fs::path>(words.begin(), words.end());
  const auto folder = one_folder(files);
  std::vector<core::LockedPlugin> plugins;
  std::optional<core::Manifest> first;
  for (const auto& file : files) {
    const auto manifest = core::read_manifest(file, {});
    add_used(plugins, manifest);
    if (!first) first = manifest;
  }
  for (const auto& name : also) add_named(plugins, *first, name);
  std::ranges::sort(plugins, {}, [](const auto& one) { return std::tie(one.id, one.version, one.sha256); });
  const auto lock = core::write_lock(folder, plugins);
  std::vector<core::Cells> rows;
  for (const auto& one : plugins) rows.push_back({one.id, one.version, core::shortened(one.sha256)});
  print("wrote " + lock.string() + " for " + core::many_text(std::int64_t(files.size()), "manifest") + "\n" +
        core::aligned(rows, {}, 2));
  return 0;
}

}  // namespace graft
