// Candidates in search order, then the first that fits.
#include "core/library/choose.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/library/lock.hpp"
#include "core/library/peek.hpp"
#include "core/library/plugin.hpp"
#include "core/library/sha256.hpp"
#include "core/manifest/literal.hpp"

namespace graft::core {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kOfIds = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

bool made_of(const std::string& text, const std::string& letters) {
  return !text.empty() && text.find_first_not_of(letters) == std::string::npos;
}

Error unknown_plugin(const Use& use, const std::string& kind, const std::vector<Found>& all, const std::vector<fs::path>& folders) {
  std::vector<std::string> ids, places;
  for (const auto& one : all) {
    if (ids.empty() || ids.back() != one.id) ids.push_back(one.id);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const auto& folder : folders) places.push_back(folder.string());
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

std::vector<LockedPlugin> locked_as(const PluginLock& lock, const PluginName& wanted, bool any_version) {
  std::vector<LockedPlugin> allowed;
  for (const auto& one : lock.plugins) {
    if (one.id == wanted.id && (any_version || wanted.version.empty() || one.version == wanted.version)) allowed.push_back(one);
  }
  return allowed;
}

std::string listed(const std::vector<LockedPlugin>& plugins) {
  std::vector<std::string> words;
  for (const auto& one : plugins) words.push_back(one.version + " with SHA-256 " + shortened(one.sha256));
  return joined(words, " or ");
}

Error not_in_lock(const Use& use, const PluginName& wanted, const PluginLock& lock) {
  const auto others = locked_as(lock, wanted, true);
  return error_at(use.place,
                  "'" + use.id + "' is not in " + lock.file.string() + (others.empty() ? "" : ", which has " + listed(others)) +
                      "; 'graft plugins lock' adds it, with --also " + use.id + " where no manifest names it",
                  Exit::plugin);
}

Error other_bytes(const Use& use, const std::vector<LockedPlugin>& allowed, const std::vector<std::string>& seen) {
  return error_at(use.place,
                  "'" + use.id + "' is locked to " + listed(allowed) + ", found " + (seen.empty() ? "none" : joined(seen)) +
                      "; put the locked one back, or take what is there now: graft plugins lock",
                  Exit::plugin);
}

Choice choose_locked(const Use& use, const std::vector<LockedPlugin>& allowed, const std::vector<Found>& of_id,
                     const PluginName& wanted) {
  std::vector<std::string> seen;
  for (const auto& one : of_id) {
    const auto sum = sha256_of(one.file);
    const bool fits = std::ranges::any_of(allowed, [&](const LockedPlugin& locked) { return locked.sha256 == sum; });
    if (fits) return {wanted, one, sum, {}};
    seen.push_back(one.file.string() + " with " + shortened(sum));
  }
  throw other_bytes(use, allowed, seen);
}

}  // namespace

PluginName plugin_name(const std::string& text, const Place& place) {
  const auto at = text.find('@');
  PluginName name{text.substr(0, at), at == std::string::npos ? "" : text.substr(at + 1)};
  const bool fits = made_of(name.id, std::string(kOfIds)) &&
                    (at == std::string::npos || (made_of(name.version, std::string(kOfIds) + ".+") && name.version[0] != '.'));
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
  if (const auto lock = read_lock(manifest.folder)) {
    const auto allowed = locked_as(*lock, wanted, false);
    if (!allowed.empty()) return choose_locked(use, allowed, of_id, wanted);
    if (!of_id.empty()) throw not_in_lock(use, wanted, *lock);
  }
  if (of_id.empty()) throw unknown_plugin(use, kind, all, folders);
  std::ranges::copy_if(of_id, std::back_inserter(fitting),
                       [&](const Found& one) { return wanted.version.empty() ? one.plain : version_of(one) == wanted.version; });
  if (fitting.empty()) throw unknown_version(use, wanted, of_id);
  return {wanted, fitting.front(), "", {fitting.begin() + 1, fitting.end()}};
}

}  // namespace graft::core
