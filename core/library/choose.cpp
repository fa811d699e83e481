// Candidates in search order, then the first that fits.
#include "core/library/choose.hpp"

#include <algorithm>

#include "core/base/files.hpp"
#include "core/base/text.hpp"
#include "core/library/lock.hpp"
#include "core/library/peek.hpp"
#include "core/library/plugin.hpp"
#include "core/library/sha256.hpp"
#include "core/manifest/literal.hpp"

namespace graft::core {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kOfVersions = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.+";
constexpr auto kOfIds = kOfVersions.substr(0, kOfVersions.size() - 2);

bool made_of(const std::string& text, std::string_view letters) {
  return !text.empty() && text.find_first_not_of(letters) == std::string::npos;
}

Error unknown_plugin(const Use& use, const std::string& kind, const std::vector<Found>& all, const std::vector<fs::path>& folders) {
  std::vector<std::string> ids, places;
  for (const auto& one : all) {
    if (ids.empty() || ids.back() != one.id) ids.push_back(one.id);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const auto& folder : folders) places.push_back(folder.string() + (fs::is_directory(folder) ? "" : " (not there)"));
  auto error = error_at(use.place, "unknown " + kind + " '" + use.id + "'" + did_you_mean(use.id, ids));
  error.more += (error.more.empty() ? "" : "\n") + (ids.empty() ? "no plugin was found in " + joined(places)
                                                                : "found: " + joined(ids) + "; searched: " + joined(places));
  return error;
}

// Those first whose version begins most like the wanted one.
Error unknown_version(const Use& use, const PluginName& wanted, const std::vector<Found>& of_id) {
  std::vector<std::pair<std::string, fs::path>> known;
  for (const auto& one : of_id) known.emplace_back(version_of(one), one.file);
  const auto alike = [&](const std::string& version) {
    const auto ends = std::mismatch(version.begin(), version.end(), wanted.version.begin(), wanted.version.end());
    return ends.first - version.begin();
  };
  std::stable_sort(known.begin(), known.end(), [&](const auto& a, const auto& b) { return alike(a.first) > alike(b.first); });
  std::vector<std::string> said;
  for (const auto& [version, file] : known)
    said.push_back((version.empty() ? "one that does not say it" : version) + " (" + file.string() + ")");
  const auto what = wanted.version.empty() ? "'" + wanted.id + "' is at hand by version only, as 'ID@VERSION'"
                                           : "unknown version '" + use.id + "'";
  return error_at(use.place, what + ", at hand: " + joined(said));
}

std::vector<LockedPlugin> locked_as(const PluginLock& lock, const PluginName& wanted) {
  std::vector<LockedPlugin> all;
  std::ranges::copy_if(lock.plugins, std::back_inserter(all), [&](const LockedPlugin& one) {
    return one.id == wanted.id && (wanted.version.empty() || one.version == wanted.version);
  });
  return all;
}

std::string locked_text(const LockedPlugin& one) { return one.version + " with SHA-256 " + shortened(one.sha256); }

std::string listed(const std::vector<LockedPlugin>& plugins) {
  std::vector<std::string> words;
  for (const auto& one : plugins) words.push_back(locked_text(one));
  return joined(words, " and ");
}

Error not_in_lock(const Use& use, const PluginName& wanted, const PluginLock& lock) {
  const auto others = locked_as(lock, {wanted.id, ""});
  return error_at(use.place,
                  "'" + use.id + "' is not in " + lock.file.string() + (others.empty() ? "" : ", which has " + listed(others)) +
                      "; 'graft plugins lock' adds it, with --also " + use.id + " where no manifest names it",
                  Exit::plugin);
}

// The one entry that a name means.
LockedPlugin locked(const Use& use, const PluginName& wanted, const PluginLock& lock) {
  auto all = locked_as(lock, wanted);
  if (all.empty()) throw not_in_lock(use, wanted, lock);
  if (all.size() == 1) return all.front();
  const auto plain = std::ranges::find(all, true, &LockedPlugin::plain);
  if (plain != all.end()) return *plain;
  throw error_at(use.place,
                 "'" + use.id + "' may be " + listed(all) + " by " + lock.file.string() + ", expected one, such as " + wanted.id +
                     "@" + all.back().version,
                 Exit::plugin);
}

Choice choose_locked(const Use& use, const PluginName& wanted, const PluginLock& lock, const std::vector<Found>& of_id) {
  const auto entry = locked(use, wanted, lock);
  std::vector<Found> passed;
  std::vector<std::string> seen;
  for (const auto& one : of_id) {
    std::error_code none;
    const bool file = fs::is_regular_file(one.file, none);  // a pipe would wait
    const auto bytes = file ? read_whole(one.file, Exit::plugin, kLargestLibrary) : "";
    const auto sum = sha256_of_bytes(bytes);
    if (sum == entry.sha256) return {{entry.id, entry.version}, one, sealed(one.file, bytes), {}, passed, lock.file};
    passed.push_back(one);
    seen.push_back(one.file.string() + (file ? " with " + shortened(sum) : ", which is no file"));
  }
  throw error_at(use.place,
                 "'" + use.id + "' is locked to " + locked_text(entry) + ", found " + (seen.empty() ? "none" : joined(seen)) +
                     "; put the locked one back, or take what is there now: graft plugins lock",
                 Exit::plugin);
}

}  // namespace

PluginName plugin_name(const std::string& text, const Place& place) {
  const auto at = text.find('@');
  PluginName name{text.substr(0, at), at == std::string::npos ? "" : text.substr(at + 1)};
  const bool fits =
      made_of(name.id, kOfIds) && (at == std::string::npos || (made_of(name.version, kOfVersions) && name.version[0] != '.'));
  if (fits) return name;
  throw error_at(
      place, "a plugin is named ID or ID@VERSION, of letters, digits, _ and - (a version also of . and +), found " + literal(text));
}

std::string version_of(const Found& found) {
  if (!found.version.empty()) return found.version;
  const auto label = peek(found.file);
  return label ? label->version : "";
}

Choice choose_plugin(const Manifest& manifest, const Use& use, const std::string& kind) {
  const auto wanted = plugin_name(use.id, use.place);
  const auto folders = plugin_folders(manifest.plugin_paths);
  const auto all = all_plugins(folders);
  std::vector<Found> of_id, fitting;
  std::ranges::copy_if(all, std::back_inserter(of_id), [&](const Found& one) { return one.id == wanted.id; });
  const auto lock = read_lock(manifest.folder);
  if (lock && (!of_id.empty() || !locked_as(*lock, wanted).empty())) return choose_locked(use, wanted, *lock, of_id);
  if (of_id.empty()) throw unknown_plugin(use, kind, all, folders);
  std::ranges::copy_if(of_id, std::back_inserter(fitting),
                       [&](const Found& one) { return wanted.version.empty() ? one.plain : version_of(one) == wanted.version; });
  if (fitting.empty()) throw unknown_version(use, wanted, of_id);
  return {wanted, fitting.front(), fitting.front().file, {fitting.begin() + 1, fitting.end()}, {}, {}};
}

}  // namespace graft::core
