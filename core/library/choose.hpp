// Which file a manifest's `use` means: by id and perhaps version, by the search order, or by what plugins.lock allows.
#pragma once
#include "core/library/find.hpp"
#include "core/library/plugin_file.hpp"
#include "core/manifest/manifest.hpp"

namespace graft::core {

struct PluginName {
  std::string id, version;  // version "": any
};
// "ID" or "ID@VERSION"; what is neither is an Error at `place`, exit 2. An id is made of letters, digits, _ and -; a version also
// of . and +, and begins with a letter or digit.
PluginName plugin_name(const std::string& text, const Place& place);

struct Choice {
  PluginName wanted;  // under a lock, with the version that it has
  Found taken;
  PluginFile file;             // to open: under a lock the very bytes that were hashed
  std::vector<Found> behind;   // what else the same words could have meant, later in the search order; none under a lock
  std::vector<Found> passed;   // earlier in it, but with other bytes than the lock's
  std::filesystem::path lock;  // "": none
};

// An unknown id or version is exit 2 with what is at hand. Where a lock stands beside the manifest: what is not in it, or is not at
// hand with those very bytes, is exit 3. Nothing of any plugin runs.
Choice choose_plugin(const Manifest& manifest, const Use& use, const std::string& kind);

// Of a found file: its folder's, else as the file says; "" where that takes loading it.
std::string version_of(const Found& found);

}  // namespace graft::core
