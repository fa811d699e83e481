// graft plugins add: checks plugins as `graft check` does, and only then puts them into the user's folder.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "apps/graft/interrupt.hpp"
#include "apps/graft/plugin_home.hpp"
#include "apps/graft/plugin_staging.hpp"
#include "apps/graft/plugin_verbs.hpp"
#include "core/base/error.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/base/version.hpp"
#include "core/library/choose.hpp"
#include "core/library/hook.hpp"
#include "core/library/peek.hpp"
#include "core/library/sha256.hpp"
#include "core/report/provenance_json.hpp"
#include "tests/contract/contract.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;
using contract::Status;
using core::Error;
using core::Exit;

constexpr double kHookLimit = 60;  // seconds

struct Request {
  bool replace = false;
  Arguments options{};  // of the plugins, while they are checked: "rank=4"
};

struct Checked {
  StagedPlugin staged;
  std::string id{}, version{}, sha256{}, built{}, result{};  // result: "21 cases passed, 2 skipped"
  bool there = false;                                        // with these very bytes, already
};

// A message about the copy is one about what was given.
std::string of_the_original(std::string text, const StagedPlugin& staged) {
  const auto copy = staged.file.string();
  for (auto at = text.find(copy); at != std::string::npos; at = text.find(copy, at + staged.from.size())) {
    text.replace(at, copy.size(), staged.from);
  }
  return text;
}

std::string counted(const std::vector<contract::Result>& results) {
  const auto count = [&](Status status) { return std::ranges::count(results, status, &contract::Result::status); };
  return core::many_text(count(Status::passed), "case") + " passed, " + std::to_string(count(Status::skipped)) + " skipped";
}

std::string check_result(const StagedPlugin& staged, const Request& request) {
  const auto results = contract::check({.file = staged.file, .options = request.options, .stop = &listen_for_interrupts()});
  std::vector<std::string> failed;
  for (const auto& one : results) {
    if (one.status == Status::passed || one.status == Status::skipped) continue;
    failed.push_back(one.name + " " + contract::status_text(one.status) + (one.why.empty() ? "" : ": " + one.why));
  }
  const auto with = request.options.empty() ? "" : ", with " + core::joined(request.options);
  if (failed.empty()) return counted(results) + with;
  throw Error(Exit::plugin,
              staged.from + ": " + std::to_string(failed.size()) + " of the " + std::to_string(results.size()) +
                  " cases of its check did not pass, first " + failed.front() + "; nothing was added",
              (failed.size() > 1 ? core::joined({failed.begin() + 1, failed.end()}, "\n") + "\n" : "") +
                  "'graft check FILE.so' shows them all, and how to debug one");
}

// Whether that version is there already. With other bytes it stays, unless they are to be replaced.
bool is_there(const Checked& plugin, bool replace) {
  core::plugin_name(plugin.id + "@" + plugin.version, {});  // they are folders there
  linked_at_home(plugin.id);                                // refuses where no link can be made
  const auto place = place_at_home(plugin.id, plugin.version);
  if (!fs::exists(place)) return false;
  const auto sum = core::sha256_of(place);
  if (sum == plugin.sha256) return true;
  if (replace) return false;
  throw Error(Exit::usage,
              plugin.id + " " + plugin.version + " is there already with other bytes (SHA-256 " + core::shortened(sum) +
                  ", this one " + core::shortened(plugin.sha256) + "): " + place.string(),
              "--replace puts this one in its place; a plugin that has changed deserves a version of its own");
}

// The file first, then whether there is anything to add, and only then what runs the plugin.
Checked checked(const StagedPlugin& staged, const Request& request) {
  try {
    core::check_plugin_file(staged.file);
    Checked plugin{.staged = staged, .id = staged.file.stem().string(), .sha256 = core::sha256_of(staged.file)};
    if (const auto label = core::peek(staged.file)) plugin.version = label->version;
    if (!plugin.version.empty() && is_there(plugin, request.replace)) {
      plugin.there = true;
      return plugin;
    }
    core::log(core::Level::information, "checking " + staged.from);
    plugin.result = check_result(staged, request);
    const auto opened = core::open_plugin(staged.file, plugin.id);
    plugin.version = opened.version;
    plugin.there = is_there(plugin, request.replace);
    if (opened.face.descriptor.built != nullptr) plugin.built = opened.face.descriptor.built;
    return plugin;
  } catch (const Error& error) {
    throw Error(error.status, of_the_original(error.what(), staged), of_the_original(error.more, staged));
  }
}

// Two words may hold one plugin; with other bytes it is not known which is meant.
void add_once(std::vector<Checked>& plugins, Checked plugin) {
  for (const auto& one : plugins) {
    if (one.id != plugin.id || one.version != plugin.version) continue;
    if (one.sha256 == plugin.sha256) return;
    throw Error(Exit::usage, plugin.id + " " + plugin.version + " is given twice, with different bytes: " + one.staged.from +
                                 " and " + plugin.staged.from + "; name the one that is meant");
  }
  plugins.push_back(std::move(plugin));
}

nlohmann::ordered_json note_of(const Checked& plugin) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {{"id", plugin.id},
          {"version", plugin.version},
          {"sha256", plugin.sha256},
          {"built", plugin.built},
          {"from", plugin.staged.origin},
          {"at", core::utc_text(std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), core::Precision::milliseconds)},
          {"checked", "graft " + std::string(core::version()) + ": " + plugin.result}};
}

// What the plain name means from now on, and what it meant before.
std::string meaning(const Checked& plugin, const std::optional<std::string>& before) {
  const auto plain = "use = \"" + plugin.id + "\"";
  const auto choice = core::choose_plugin({}, {plugin.id, {}, {}}, "plugin");
  if (!fs::equivalent(choice.taken.file, place_at_home(plugin.id, plugin.version))) {
    return plain + " takes " + choice.taken.file.string() + ", which is searched first; use = \"" + plugin.id + "@" +
           plugin.version + "\" takes this one";
  }
  auto text = plain + " takes " + plugin.version + " now";
  if (before && *before != plugin.version)
    text += ", " + *before + " before; use = \"" + plugin.id + "@" + *before + "\" still takes that";
  for (const auto& one : choice.behind) text += "; " + one.file.string() + " is behind it";
  return text;
}

void install(const Checked& plugin) {
  const auto before = linked_at_home(plugin.id);
  if (plugin.there) {
    link_at_home(plugin.id, plugin.version);
  } else {
    put_home(plugin.staged.file, plugin.id, plugin.version, note_of(plugin));
  }
  const auto place = place_at_home(plugin.id, plugin.version);
  core::check_plugin_file(place);  // the user's folder may be open to all
  const auto how = plugin.there ? "is there already, with the same bytes: " : "added (" + plugin.result + "): ";
  print(plugin.id + " " + plugin.version + " " + how + place.string() + "\n  " + meaning(plugin, before) + "\n");
}

}  // namespace

int add_plugins(const Arguments& arguments) {
  CLI::App app(
      "Checks plugins as `graft check` does, and copies those that pass into your plugin folder "
      "($XDG_DATA_HOME/graft/plugins, ~/.local/share/graft/plugins), beside their other versions. Where one does not pass, "
      "nothing is copied.",
      "graft plugins add");
  Arguments words;
  Request request;
  app.add_option("WHAT", words, "a library ID.so, a folder that holds some (a build's, too), or an archive (.tar.gz, .zip …)")
      ->required()
      ->type_name("FILE");
  app.add_flag("--replace", request.replace, "other bytes under a version that is there already");
  add_overrides(app, request.options, "an option of the plugin that has to be set, for its check; may stand several times");
  app.footer(
      "  graft plugins add build/fedprox.so\n"
      "  graft plugins add fedprox-1.1.0.tar.gz\n"
      "  graft plugins add ~/src/fedprox --replace\n");
  if (!read_arguments(app, arguments)) return 0;
  core::watch_hooks(kHookLimit, "");
  const HomeLock lock(listen_for_interrupts());
  Staging staging(lock.folder());
  std::vector<Checked> plugins;
  for (const auto& word : words) {
    for (const auto& staged : staging.stage(word)) add_once(plugins, checked(staged, request));
  }
  for (const auto& plugin : plugins) install(plugin);
  return 0;
}

}  // namespace graft
