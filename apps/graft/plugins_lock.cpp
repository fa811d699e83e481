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

struct Files {
  std::vector<fs::path> manifests, passed;  // passed: TOML, but no manifests
};

Files files_here() {
  Files files;
  for (const auto& entry : fs::directory_iterator(".")) {
    const auto name = entry.path().filename();
    if (name.extension() == ".toml" && entry.is_regular_file())
      (is_manifest(name) ? files.manifests : files.passed).push_back(name);
  }
  std::ranges::sort(files.manifests);
  std::ranges::sort(files.passed);
  if (files.manifests.empty())
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

struct Used {
  core::LockedPlugin plugin;
  std::string file, asked;  // asked: "fedprox", "fedprox@1.0.0"
  bool plain() const { return asked == plugin.id; }
};

// What manifests and words use, each plugin once. Words that would mean several plugins under one lock are refused.
class Collection {
 public:
  void add(const core::Plugin& plugin, const std::string& asked) {
    const Used used{{plugin.id, plugin.version, plugin.sha256}, plugin.file.string(), asked};
    for (const auto& one : all_) {
      if (one.plugin.id != plugin.id || one.plugin.sha256 == plugin.sha256) continue;
      if (one.plugin.version == plugin.version)
        throw doubled(one, used, "with different bytes", "give one of them another version");
      if (one.plain() && used.plain()) throw doubled(one, used, "by the plain name", "say which, as ID@VERSION");
    }
    all_.push_back(used);
  }

  std::vector<core::LockedPlugin> locked() const {
    std::vector<core::LockedPlugin> plugins;
    for (const auto& used : all_) {
      const auto same = std::ranges::find(plugins, used.plugin.sha256, &core::LockedPlugin::sha256);
      auto& plugin = same == plugins.end() ? plugins.emplace_back(used.plugin) : *same;
      plugin.plain |= used.plain() && std::ranges::any_of(all_, [&](const Used& one) {
                        return one.plugin.id == plugin.id && one.plugin.version != plugin.version;
                      });
    }
    std::ranges::sort(plugins, {}, [](const auto& one) { return std::tie(one.id, one.version); });
    return plugins;
  }

 private:
  static Error doubled(const Used& one, const Used& other, const std::string& how, const std::string& remedy) {
    return {Exit::usage, "'" + one.plugin.id + "' is used twice " + how + ": " + one.plugin.version + " (" + one.file + ") and " +
                             other.plugin.version + " (" + other.file + "), which one lock cannot hold; " + remedy};
  }

  std::vector<Used> all_;
};

void add_used(Collection& plugins, core::Manifest manifest) {
  manifest.folder.clear();  // what is locked now is not asked
  core::watch_hooks(manifest.hook_limit_s);
  const auto strategy = core::load_plugin(manifest, manifest.strategy, "strategy");
  plugins.add(strategy, manifest.strategy.id);
  for (const auto& use : core::module_uses(manifest, core::plan_of(strategy)))
    plugins.add(core::load_plugin(manifest, use, "module"), use.id);
}

void add_named(Collection& plugins, core::Manifest manifest, const std::string& name) {
  manifest.folder.clear();
  const auto choice = core::choose_plugin(manifest, {name, {}, {}}, "plugin");
  plugins.add(core::open_plugin(choice.file, choice.wanted.id), name);
}

std::string rows_text(const std::vector<core::LockedPlugin>& plugins) {
  std::vector<core::Cells> rows;
  for (const auto& one : plugins)
    rows.push_back({one.id, one.version, core::shortened(one.sha256), one.plain ? "by its plain name" : ""});
  return core::aligned(rows, {}, 2);
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
  const auto files = words.empty() ? files_here() : Files{{words.begin(), words.end()}, {}};
  const auto folder = one_folder(files.manifests);
  Collection plugins;
  std::optional<core::Manifest> first;
  for (const auto& file : files.manifests) {
    const auto manifest = core::read_manifest(file, {});
    add_used(plugins, manifest);
    if (!first) first = manifest;
  }
  for (const auto& name : also) add_named(plugins, *first, name);
  const auto locked = plugins.locked();
  const auto lock = core::write_lock(folder, locked);
  print("wrote " + lock.string() + " for " + core::many_text(std::int64_t(files.manifests.size()), "manifest") + "\n" +
        rows_text(locked));
  for (const auto& file : files.passed) print("passed over, for it has no [data] and [strategy]: " + file.string() + "\n");
  return 0;
}

}  // namespace graft
