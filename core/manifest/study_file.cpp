// Bases are read first, and what stands above them is put over them.
#include "core/manifest/study_file.hpp"

#include <algorithm>

#include "core/base/files.hpp"
#include "core/base/text.hpp"
#include "core/manifest/literal.hpp"
#include "core/manifest/merge.hpp"
#include "core/manifest/overrides.hpp"
#include "core/manifest/read.hpp"

namespace graft::core {

namespace {

namespace fs = std::filesystem;
using Files = std::vector<fs::path>;

constexpr std::size_t kLongestName = 200;  // bytes: a folder's may have 255, and a seed and a number come behind it

// Of two ways to say the seeds, the last one counts.
void set_own(Tree& tree, const std::string& override) {
  auto& table = std::get<Tree::Table>(tree.value);
  const auto key = first_part(override);
  if (key == "seed") std::erase_if(table, [](const KeyValue& entry) { return entry.key == "seeds"; });
  if (key == "seeds") std::erase_if(table, [](const KeyValue& entry) { return entry.key == "seed"; });
  apply_override(tree, override);
}

// ", did you mean 'quickstart.toml'?"
std::string near_file(const fs::path& file) {
  std::vector<std::string> there;
  std::error_code none;
  const auto folder = file.parent_path();
  for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, none)) {
    if (entry.path().extension() == ".toml") there.push_back(entry.path().filename().string());
  }
  return did_you_mean(file.filename().string(), there);
}

bool is_of_variants(const std::string& override) {
  const auto key = first_part(override);
  return key == "variants" || key == "grid";
}

StudyFile taken_apart(const fs::path& file, const Tree& tree) {
  StudyFile said{.file = file, .folder = file.parent_path(), .place = tree.place};
  for (const auto& entry : std::get<Tree::Table>(tree.value)) {
    auto* const own = entry.key == "name"       ? &said.name
                      : entry.key == "seeds"    ? &said.seeds
                      : entry.key == "baseline" ? &said.baseline
                      : entry.key == "variants" ? &said.variants
                      : entry.key == "grid"     ? &said.grid
                      : entry.key == "base"     ? &said.base
                                                : nullptr;
    own != nullptr ? void(*own = entry) : said.keys.push_back(entry);
  }
  const auto* seed = entry_in(said.keys, "seed");
  if (seed != nullptr && std::holds_alternative<Tree::List>(seed->tree.value))
    throw error_at(seed->tree.place, "'seed' must be a whole number, found a list, did you mean 'seeds'?");
  if (seed != nullptr && said.seeds) throw error_at(seed->place, "'seed' stands beside 'seeds', expected one of them");
  return said;
}

fs::path base_of(const StudyFile& said) {
  const auto* text = std::get_if<std::string>(&said.base->tree.value);
  const bool fits = text != nullptr && !text->empty() && text->find('\0') == std::string::npos;
  if (!fits) throw error_at(said.base->tree.place, "'base' must be the path of a manifest or a study, " + found(said.base->tree));
  const auto& place = said.base->tree.place;
  return ((place.text ? place.text->folder : fs::path()) / *text).lexically_normal();
}

// What the base says and this one does not.
void put_over(StudyFile& said, StudyFile below) {
  const bool seeded = entry_in(said.keys, "seed") != nullptr;
  merge_over(below.keys, said.keys);
  said.keys = std::move(below.keys);
  if (!said.seeds && !seeded) said.seeds = std::move(below.seeds);
  if (said.seeds) std::erase_if(said.keys, [](const KeyValue& entry) { return entry.key == "seed"; });
  if (!said.variants && !said.grid) {
    if (!said.baseline) said.baseline = std::move(below.baseline);
    said.grid = std::move(below.grid);
  }
  if (!said.variants) said.variants = std::move(below.variants);
  std::error_code none;
  if (!fs::exists(said.folder / "plugins.lock", none) && fs::exists(below.folder / "plugins.lock", none)) {
    said.folder = below.folder;
  }
}

StudyFile read_level(const fs::path& file, const std::vector<std::string>& overrides, Files above);

StudyFile read_base(const StudyFile& said, const Files& above) {
  const auto base = base_of(said);
  const auto& place = said.base->tree.place;
  std::error_code none;
  if (std::ranges::find(above, fs::weakly_canonical(base, none)) != above.end()) {
    throw error_at(place, "'base' leads back to '" + base.string() + "', which is above it");
  }
  if (!fs::is_regular_file(base, none)) {
    const auto why = fs::exists(base, none) ? "is no file" : "is not there" + near_file(base);
    throw error_at(place, "'base' names '" + base.string() + "', which " + why);
  }
  return read_level(base, {}, above);
}

StudyFile read_level(const fs::path& file, const std::vector<std::string>& overrides, Files above) {
  const auto text = read_whole(file, Exit::usage, kLargestManifest);
  auto tree = read_toml(text, source_text(text, file.string(), file.parent_path()));
  for (const auto& one : overrides) {
    if (is_of_study(one) && !is_of_variants(one)) set_own(tree, one);
  }
  auto said = taken_apart(file, tree);
  if (!said.base) return said;
  std::error_code none;
  above.push_back(fs::weakly_canonical(file, none));
  put_over(said, read_base(said, above));
  return said;
}

}  // namespace

StudyFile read_study_file(const fs::path& file, const std::vector<std::string>& overrides) {
  auto said = read_level(file, overrides, {});
  Tree own{Tree::Table{}, said.place};
  auto& table = std::get<Tree::Table>(own.value);
  if (said.variants) table.push_back(*said.variants);
  if (said.grid) table.push_back(*said.grid);
  for (const auto& one : overrides) {
    if (is_of_variants(one)) apply_override(own, one);  // they may be a base's
  }
  for (auto* own_key : {&said.variants, &said.grid}) {
    const auto* entry = entry_in(table, own_key == &said.grid ? "grid" : "variants");
    if (entry != nullptr) *own_key = *entry;
  }
  return said;
}

std::string first_part(const std::string& override) {
  const auto key = key_of(override);
  return key_of(key.substr(0, key.find('.')));
}

bool is_of_study(const std::string& override) {
  const auto key = first_part(override);
  return key == "name" || key == "seeds" || key == "seed" || key == "baseline" || key == "variants" || key == "grid" ||
         key == "base";
}

void check_folder_name(const std::string& name, const Place& place, const std::string& what) {
  bool fit = !name.empty() && name[0] != '.' && name.size() <= kLongestName && is_utf8(name);
  for (const char c : name) fit = fit && c != '/' && static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  if (fit) return;
  throw error_at(place, what + " must be fit for a folder: at most " + std::to_string(kLongestName) +
                            " bytes of UTF-8, without '/' and no dot at its beginning, found " + shown({name, {}}));
}

}  // namespace graft::core
