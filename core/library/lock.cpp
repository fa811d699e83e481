// The lock is a TOML file of [[plugin]] tables, read as strictly as a manifest.
#include "core/library/lock.hpp"

#include <algorithm>
#include <array>

#include "core/base/files.hpp"
#include "core/base/text.hpp"
#include "core/manifest/literal.hpp"
#include "core/manifest/tree.hpp"

namespace graft::core {

namespace fs = std::filesystem;

namespace {

constexpr const char* kName = "plugins.lock";
constexpr const char* kHead =
    "# Written by 'graft plugins lock'. With this file beside a manifest only these plugins load, byte for byte.\n";
constexpr std::size_t kLargest = 1 << 20, kDigits = 64;

const std::string& text_of(const KeyValue& entry) {
  const auto* text = std::get_if<std::string>(&entry.tree.value);
  if (text == nullptr || text->empty())
    throw error_at(entry.tree.place, "'" + entry.key + "' must be a text, " + found(entry.tree));
  return *text;
}

bool truth_of(const KeyValue& entry) {
  if (const auto* truth = std::get_if<bool>(&entry.tree.value)) return *truth;
  throw error_at(entry.tree.place, "'" + entry.key + "' must be true or false, " + found(entry.tree));
}

LockedPlugin plugin_of(const Tree& tree) {
  const auto* table = std::get_if<Tree::Table>(&tree.value);
  if (table == nullptr) throw error_at(tree.place, "'plugin' must be tables, each under [[plugin]], " + found(tree));
  LockedPlugin plugin;
  const std::array<std::pair<const char*, std::string*>, 3> members{
      {{"id", &plugin.id}, {"version", &plugin.version}, {"sha256", &plugin.sha256}}};
  for (const auto& entry : *table) {
    if (entry.key == "plain") {
      plugin.plain = truth_of(entry);
      continue;
    }
    const auto member = std::ranges::find(members, entry.key, &std::pair<const char*, std::string*>::first);
    if (member == members.end()) {
      throw error_at(entry.place,
                     "unknown key '" + entry.key + "'" + did_you_mean(entry.key, {"id", "version", "sha256", "plain"}));
    }
    *member->second = text_of(entry);
    const bool digits = entry.key != "sha256" || (plugin.sha256.size() == kDigits &&
                                                  plugin.sha256.find_first_not_of("0123456789abcdef") == std::string::npos);
    if (!digits) throw error_at(entry.tree.place, "'sha256' must be 64 of the digits 0-9 and a-f, found " + literal(plugin.sha256));
  }
  for (const auto& [name, text] : members) {
    if (text->empty()) throw error_at(tree.place, "required key '" + std::string(name) + "' is missing");
  }
  return plugin;
}

// What two entries could mean alike would be left to chance.
void add(std::vector<LockedPlugin>& plugins, LockedPlugin plugin, const Place& place) {
  for (const auto& one : plugins) {
    if (one.id != plugin.id) continue;
    if (one.version == plugin.version) throw error_at(place, "'" + one.id + "' " + one.version + " is locked twice");
    if (one.plain && plugin.plain) throw error_at(place, "two versions of '" + one.id + "' are plain, expected one at most");
  }
  plugins.push_back(std::move(plugin));
}

}  // namespace

std::optional<PluginLock> read_lock(const fs::path& folder) {
  const auto file = folder / kName;
  std::error_code none;
  if (folder.empty() || !fs::exists(fs::symlink_status(file, none))) return {};
  if (!fs::is_regular_file(file, none)) {  // a pipe would wait
    throw Error(Exit::usage, file.string() + ": is no regular file, expected what 'graft plugins lock' writes");
  }
  const auto text = read_whole(file, Exit::usage, kLargest);
  const auto tree = read_toml(text, source_text(text, file.string()));
  PluginLock lock{file, {}};
  for (const auto& entry : std::get<Tree::Table>(tree.value)) {
    if (entry.key != "plugin") throw error_at(entry.place, "unknown key '" + entry.key + "', expected tables [[plugin]]");
    const auto* list = std::get_if<Tree::List>(&entry.tree.value);
    if (list == nullptr) throw error_at(entry.tree.place, "'plugin' must be tables, each under [[plugin]], " + found(entry.tree));
    for (const auto& one : *list) add(lock.plugins, plugin_of(one), one.place);
  }
  return lock;
}

fs::path write_lock(const fs::path& folder, const std::vector<LockedPlugin>& plugins) {
  std::string text = kHead;
  for (const auto& plugin : plugins) {
    text += "[[plugin]]\nid = " + literal(plugin.id) + "\nversion = " + literal(plugin.version) +
            "\nsha256 = " + literal(plugin.sha256) + "\n" + (plugin.plain ? "plain = true\n" : "");
  }
  write_whole(folder / kName, text);
  return folder / kName;
}

void copy_lock(const fs::path& from, const fs::path& to) {
  if (const auto lock = read_lock(from)) {
    write_lock(to, lock->plugins);
  } else {
    fs::remove(to / kName);
  }
}

}  // namespace graft::core
