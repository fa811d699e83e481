// From text to a Manifest: parse, override, give each key its value, then check what lies between keys.
#include <algorithm>
#include <set>

#include "core/base/files.hpp"
#include "core/base/text.hpp"
#include "core/manifest/assign.hpp"
#include "core/manifest/checks.hpp"
#include "core/manifest/literal.hpp"
#include "core/manifest/overrides.hpp"
#include "core/manifest/presets.hpp"
#include "core/manifest/read.hpp"
#include "core/manifest/uses.hpp"

namespace graft::core {

namespace {

namespace fs = std::filesystem;

class Reader {
 public:
  Reader(Manifest& manifest, FolderOf folder_of)
      : manifest_(manifest), keys_(keys_of(manifest)), folder_of_(std::move(folder_of)) {}

  // Every entry below `prefix` ("", "data.", "data.split."), in the order of the text.
  void read(const Tree::Table& table, const std::string& prefix) {
    for (const auto& entry : table) {
      const auto name = prefix + entry.key;
      const auto key = std::find_if(keys_.begin(), keys_.end(), [&name](const Key& k) { return k.name == name; });
      if (key != keys_.end()) {
        read_key(*key, entry);
      } else {
        read_table(entry, name, prefix);
      }
    }
  }

 private:
  void read_key(const Key& key, const KeyValue& entry) {
    manifest_.places[key.name] = entry.tree.place;
    assign(key, entry, folder_of_);
    if (auto* use = std::get_if<Use*>(&key.slot)) **use = read_use(entry.tree, key.name, manifest_.places);
    if (auto* uses = std::get_if<std::vector<Use>*>(&key.slot)) **uses = read_uses(entry.tree, key.name, manifest_.places);
  }

  void read_table(const KeyValue& entry, const std::string& name, const std::string& prefix) {
    const auto below = name + ".";
    const bool known =
        std::any_of(keys_.begin(), keys_.end(), [&](const Key& key) { return key.name.compare(0, below.size(), below) == 0; });
    if (!known) throw error_at(entry.place, "unknown key '" + entry.key + "'" + where_and_hint(entry.key, prefix));
    const auto* table = std::get_if<Tree::Table>(&entry.tree.value);
    if (table == nullptr) throw error_at(entry.tree.place, "'" + name + "' must be a table, " + found(entry.tree));
    manifest_.places[name] = entry.tree.place;
    read(*table, below);
  }

  // " in [data], did you mean 'clients'?": the nearest name at that level, else the same name at another.
  std::string where_and_hint(const std::string& word, const std::string& prefix) const {
    std::set<std::string> here;
    std::string elsewhere;
    for (const auto& key : keys_) {
      const auto end = key.name.find('.', prefix.size());
      if (key.name.compare(0, prefix.size(), prefix) == 0) here.insert(key.name.substr(prefix.size(), end - prefix.size()));
      if (elsewhere.empty() && key.name.substr(key.name.rfind('.') + 1) == word) elsewhere = key.name;
    }
    const auto where = prefix.empty() ? "" : " in [" + prefix.substr(0, prefix.size() - 1) + "]";
    const auto hint = did_you_mean(word, {here.begin(), here.end()});
    return where + (hint.empty() && !elsewhere.empty() ? ", did you mean '" + elsewhere + "'?" : hint);
  }

  Manifest& manifest_;
  std::vector<Key> keys_;
  FolderOf folder_of_;
};

}  // namespace

Place place_of(const Manifest& manifest, const std::string& key) {
  for (auto name = key; !name.empty(); name.resize(name.rfind('.') == std::string::npos ? 0 : name.rfind('.'))) {
    const auto at = manifest.places.find(name);
    if (at != manifest.places.end()) return at->second;
  }
  const auto whole = manifest.places.find("");
  return whole != manifest.places.end() ? whole->second : Place{};
}

Manifest parse_manifest(const std::string& toml, const std::string& name, const fs::path& folder,
                        const std::vector<std::string>& overrides, Needs needs) {
  if (toml.size() > kLargestManifest)
    throw Error(Exit::usage, name + ": larger than a manifest may be, " + bytes_text(kLargestManifest));
  auto tree = read_toml(toml, source_text(toml, name, folder));
  for (const auto& text : overrides) apply_override(tree, text);
  return manifest_of(tree, fs::path(name).stem().string(), folder, needs);
}

Manifest manifest_of(const Tree& tree, const std::string& name, const fs::path& folder, Needs needs) {
  Manifest manifest;
  manifest.name = name;
  manifest.places[""] = tree.place;
  const auto from_here = fs::current_path();
  manifest.folder = from_here / folder;
  Reader reader(manifest, [&](const Place& place) { return place.text ? from_here / place.text->folder : from_here; });
  reader.read(std::get<Tree::Table>(tree.value), "");
  apply_preset(manifest);
  manifest.backbone.weights_place = place_of(manifest, "backbone.weights");
  manifest.backbone.freeze_place = place_of(manifest, "backbone.freeze");
  manifest.training.cohort_place = place_of(manifest, "training.cohort");
  check_manifest(manifest, needs);
  return manifest;
}

Manifest read_manifest(const fs::path& path, const std::vector<std::string>& overrides, Needs needs) {
  return parse_manifest(read_whole(path, Exit::usage, kLargestManifest), path.string(), path.parent_path(), overrides, needs);
}

}  // namespace graft::core
