// Starts this program again for what has to be opened, and once more behind one that ended it.
#include "apps/graft/plugin_list.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "apps/graft/command_line.hpp"
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

constexpr double kHookLimit = 10;  // seconds

std::string dumped(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

// What this program says when it opens these files, on standard output and error.
std::string said_by_child(const std::vector<fs::path>& files) {
  std::vector<std::string> words{"graft", "plugins", "--open-each"};
  for (const auto& file : files) words.push_back(file.string());
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw core::Error(core::Exit::failed, "cannot make a pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  pid_t child = -1;
  const int failed = posix_spawn(&child, "/proc/self/exe", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  std::string said;
  char piece[4096];
  for (ssize_t size = 0; failed == 0 && (size = read(ends[0], piece, sizeof piece)) > 0;) said.append(piece, std::size_t(size));
  close(ends[0]);
  if (failed != 0) throw core::Error(core::Exit::failed, "cannot start this program again");
  waitpid(child, nullptr, 0);
  return said;
}

ordered_json refused(const Found& found, const std::string& why) {
  return {{"id", found.id}, {"version", found.version}, {"file", found.file.string()}, {"state", "refused"}, {"refused", why}};
}

// The lines of files that were opened or refused, in their order; then, in `why`, the last word of what ended it.
std::vector<ordered_json> lines_of(const std::string& said, const std::vector<fs::path>& files, std::string& why) {
  std::vector<ordered_json> lines;
  std::istringstream stream(said);
  for (std::string line; std::getline(stream, line);) {
    auto json = line.starts_with("{") ? ordered_json::parse(line, nullptr, false) : ordered_json();
    const bool ours = lines.size() < files.size() && json.is_object() && json.value("asked", "") == files[lines.size()].string();
    if (ours) lines.push_back(std::move(json));
    if (!ours && !line.empty()) why = core::harmless(line);
  }
  return lines;
}

std::map<fs::path, ordered_json> opened_apart(std::vector<Found> plugins) {
  std::map<fs::path, ordered_json> all;
  while (!plugins.empty()) {
    std::vector<fs::path> files;
    for (const auto& one : plugins) files.push_back(one.file);
    std::string why = "ended the process as it was opened";
    auto lines = lines_of(said_by_child(files), files, why);
    const auto done = lines.size();
    for (std::size_t i = 0; i < done; ++i) {
      lines[i].erase("asked");
      all[files[i]] = lines[i].contains("refused") ? refused(plugins[i], lines[i]["refused"]) : std::move(lines[i]);
    }
    if (done < plugins.size()) all[files[done]] = refused(plugins[done], why);
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

void open_each(const std::vector<std::string>& files) {
  core::watch_hooks(kHookLimit);
  for (const auto& file : files) {
    ordered_json one;
    try {
      one = core::plugin_json(core::open_plugin(fs::path(file), fs::path(file).stem().string()));
    } catch (const core::Error& error) {
      one = {{"refused", error.what()}};
    }
    one["asked"] = file;
    print("\n" + dumped(one) + "\n");  // a plugin may have begun a line
  }
}

}  // namespace graft
