// Starts this program again for what has to be opened, and once more behind one that ended it.
#include "apps/graft/plugin_list.hpp"

#include <unistd.h>

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "core/base/child_process.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/library/choose.hpp"
#include "core/library/hook.hpp"
#include "core/library/peek.hpp"
#include "core/report/plugin_json.hpp"

namespace graft {

namespace {

using core::Found;
using nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr double kHookLimit = 10;                     // seconds
constexpr auto kLook = std::chrono::milliseconds(5);  // between two looks at the other process

std::string dumped(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

ordered_json refused(const Found& found, const std::string& why) {
  return {{"id", found.id}, {"version", found.version}, {"file", found.file.string()}, {"state", "refused"}, {"refused", why}};
}

// What another process has to say of these files: a line for each that was opened or refused, in their order, as far as it came.
std::vector<ordered_json> asked(const std::vector<fs::path>& files, std::string& last_words) {
  std::vector<std::string> words{"plugins", "--open-each"};
  for (const auto& file : files) words.push_back(file.string());
  core::ChildProcess process(words);
  while (!process.ended()) std::this_thread::sleep_for(kLook);
  last_words = process.last_words();
  std::vector<ordered_json> lines;
  std::istringstream answer(process.answer());
  for (std::string line; lines.size() < files.size() && std::getline(answer, line);) {
    auto json = ordered_json::parse(line, nullptr, false);
    if (!json.is_object() || json.value("asked", "") != files[lines.size()].string()) break;
    lines.push_back(std::move(json));
  }
  return lines;
}

std::map<fs::path, ordered_json> opened_apart(std::vector<Found> plugins) {
  std::map<fs::path, ordered_json> all;
  while (!plugins.empty()) {
    std::vector<fs::path> files;
    for (const auto& one : plugins) files.push_back(one.file);
    std::string last_words;
    auto lines = asked(files, last_words);
    const auto done = lines.size();
    for (std::size_t i = 0; i < done; ++i) {
      lines[i].erase("asked");
      all[files[i]] = lines[i].contains("refused") ? refused(plugins[i], lines[i]["refused"]) : std::move(lines[i]);
    }
    if (done < plugins.size()) {
      all[files[done]] = refused(plugins[done], last_words.empty() ? "ended the process as it was opened" : last_words);
    }
    plugins.erase(plugins.begin(), plugins.begin() + std::ptrdiff_t(std::min(done + 1, plugins.size())));
  }
  return all;
}

std::string named(const Found& found) { return found.id + "@" + core::version_of(found); }

// Which file each name means: "ID", and "ID@VERSION".
std::map<std::string, fs::path> taken(const std::vector<Found>& all) {
  std::map<std::string, fs::path> files;
  for (const auto& found : all) {
    if (found.plain) files.try_emplace(found.id, found.file);
    files.try_emplace(named(found), found.file);
  }
  return files;
}

ordered_json not_opened(const Found& found, const std::map<std::string, fs::path>& taken) {
  const auto label = core::peek(found.file).value_or(core::PluginLabel{});
  const auto version = core::version_of(found);
  const bool by_version = !version.empty() && taken.at(named(found)) == found.file;
  ordered_json one = {
      {"id", found.id},           {"kind", label.kind},          {"version", version},
      {"summary", label.summary}, {"file", found.file.string()}, {"state", found.plain || !by_version ? "shadowed" : "beside"}};
  if (one["state"] == "shadowed") one["by"] = taken.at(found.plain ? found.id : named(found)).string();
  if (by_version) one["use"] = named(found);
  return one;
}

}  // namespace

ordered_json plugins_at_hand() {
  const auto plugins = core::all_plugins(core::plugin_folders({}));
  const auto files = taken(plugins);
  std::map<fs::path, ordered_json> known;
  std::vector<Found> to_open;
  for (const auto& found : plugins) {
    try {
      core::check_plugin_file(found.file);
      const bool plain = found.plain && files.at(found.id) == found.file;
      plain ? to_open.push_back(found) : void(known[found.file] = not_opened(found, files));
    } catch (const core::Error& error) {
      known[found.file] = refused(found, error.what());
    }
  }
  known.merge(opened_apart(to_open));
  auto all = ordered_json::array();
  for (const auto& found : plugins) {
    all.push_back(known.at(found.file));
    if (!all.back().contains("state")) all.back()["state"] = "taken";
    all.back()["folder"] = found.folder.string();
  }
  return all;
}

void open_each(const std::vector<std::string>& files, int answer_to) {
  core::begin_child(answer_to);
  core::watch_hooks(kHookLimit, "");
  for (const auto& file : files) {
    ordered_json one;
    try {
      one = core::plugin_json(core::open_plugin(fs::path(file), fs::path(file).stem().string()));
    } catch (const core::Error& error) {
      one = {{"refused", error.what()}};
    }
    one["asked"] = file;
    core::answer_line(answer_to, dumped(one));
  }
  _exit(int(core::Exit::done));  // what plugins do as a program ends may take for ever, and nobody watches it
}

}  // namespace graft
