// From files to variants: each is what the study says, what the variant changes in it, and what --set changes in both.
#include "core/manifest/study.hpp"

#include <algorithm>
#include <set>

#include "core/base/text.hpp"
#include "core/manifest/grid.hpp"
#include "core/manifest/keys.hpp"
#include "core/manifest/literal.hpp"
#include "core/manifest/merge.hpp"
#include "core/manifest/overrides.hpp"
#include "core/manifest/read.hpp"
#include "core/manifest/study_file.hpp"

namespace graft::core {

namespace {

namespace fs = std::filesystem;
using Overrides = std::vector<std::string>;

constexpr std::size_t kLongestJoined = 80;  // bytes of a name that is put together

std::string text_of(const KeyValue& entry, const std::string& what) {
  if (const auto* text = std::get_if<std::string>(&entry.tree.value)) return *text;
  throw error_at(entry.tree.place, what + " must be a text, " + found(entry.tree));
}

std::vector<std::uint64_t> seeds_of(const Tree& tree) {
  const auto* list = std::get_if<Tree::List>(&tree.value);
  if (list == nullptr || list->empty()) {
    throw error_at(tree.place, "'seeds' must be a list of whole numbers, such as [1, 2, 3], " +
                                   (list == nullptr ? found(tree) : std::string("found an empty one")));
  }
  std::vector<std::uint64_t> seeds;
  for (const auto& item : *list) {
    const auto* seed = std::get_if<std::int64_t>(&item.value);
    if (seed == nullptr || *seed < 0) throw error_at(item.place, "'seeds' must be whole numbers, at least 0, " + found(item));
    if (std::ranges::find(seeds, std::uint64_t(*seed)) != seeds.end()) {
      throw error_at(item.place, "the seed " + std::to_string(*seed) + " stands twice in 'seeds'");
    }
    seeds.push_back(std::uint64_t(*seed));
  }
  return seeds;
}

double percentage(const Tree& tree, const std::string& name) {
  const auto* whole = std::get_if<std::int64_t>(&tree.value);
  const auto* real = std::get_if<double>(&tree.value);
  const double value = whole != nullptr ? double(*whole) : real != nullptr ? *real : -1;
  if (value >= 0 && value <= 100) return value;
  throw error_at(tree.place, "'" + name + "' must be in percent, from 0 to 100, such as [23.3, 11.3], " + found(tree));
}

Published published_of(const Tree& tree, const std::string& name) {
  const auto* list = std::get_if<Tree::List>(&tree.value);
  if (list == nullptr) return {percentage(tree, name), {}};
  if (list->size() == 1) return {percentage(list->front(), name), {}};
  if (list->size() == 2) return {percentage(list->front(), name), percentage(list->back(), name)};
  throw error_at(tree.place,
                 "'" + name + "' must be a mean, or a mean and a deviation, found a list of " + std::to_string(list->size()));
}

// What may stand at the top of a variant.
std::vector<std::string> known_keys() {
  Manifest manifest;
  std::set<std::string> names{"name", "published"};
  for (const auto& key : keys_of(manifest)) {
    if (!std::holds_alternative<OfStudy>(key.slot)) names.insert(key.name.substr(0, key.name.find('.')));
  }
  return {names.begin(), names.end()};
}

bool is_study_key(const std::string& key) {
  Manifest manifest;
  return std::ranges::any_of(keys_of(manifest),
                             [&](const Key& one) { return one.name == key && std::holds_alternative<OfStudy>(one.slot); });
}

// `table` is what `where` says.
void check_keys(const Tree::Table& table, const std::string& where, const std::vector<std::string>& known) {
  for (const auto& entry : table) {
    if (std::ranges::find(known, entry.key) != known.end()) continue;
    if (is_study_key(entry.key)) throw error_at(entry.place, "'" + entry.key + "' is the whole study's, not " + where + "'s");
    throw error_at(entry.place, "unknown key '" + entry.key + "' in " + where + did_you_mean(entry.key, known));
  }
}

// A grid's variants have no names, published accuracies or seeds of their own.
void check_grid(const Tree::Table& table) {
  auto known = known_keys();
  for (const std::string own : {"name", "published", "seed"}) {
    std::erase(known, own);
    const auto* entry = entry_in(table, own);
    const auto instead = own == "seed" ? ", the study's 'seeds' is the list of them" : "";
    if (entry != nullptr) throw error_at(entry->place, "'" + own + "' has no place in a grid" + instead);
  }
  check_keys(table, "a grid", known);
}

void finish(Variant& variant, const StudyFile& said, const Overrides& overrides) {
  for (const auto& one : overrides) {
    if (!is_of_study(one) || first_part(one) == "seed") apply_override(variant.tree, one);
  }
  variant.folder = said.folder;
  variant.manifest = manifest_of(variant.tree, variant.name, said.folder);
  variant.seeds = said.seeds ? seeds_of(said.seeds->tree) : std::vector{variant.manifest.seed};
  variant.manifest.seed = variant.seeds.front();
}

// What a [[variants]] says: its name, what is published of it, and the keys that it changes.
struct SaidVariant {
  std::string name{};
  Place place{};
  std::optional<Published> published{};
  Tree::Table keys{};
};

SaidVariant read_variant(const StudyFile& said, const Tree& tree, std::size_t number) {
  const auto prefix = "variants." + std::to_string(number) + ".";
  const auto* table = std::get_if<Tree::Table>(&tree.value);
  if (table == nullptr) throw error_at(tree.place, "'variants' must be tables, each under [[variants]], " + found(tree));
  check_keys(*table, "a variant", known_keys());
  const auto* name = entry_in(*table, "name");
  if (name == nullptr) throw error_at(tree.place, "required key '" + prefix + "name' is missing");
  SaidVariant one{.name = text_of(*name, "'" + prefix + "name'"), .place = tree.place};
  check_folder_name(one.name, name->tree.place, "'" + prefix + "name'");
  if (const auto* published = entry_in(*table, "published")) one.published = published_of(published->tree, prefix + "published");
  const auto* seed = entry_in(*table, "seed");
  if (seed != nullptr && said.seeds) throw error_at(seed->place, "'seed' of a variant stands beside the study's 'seeds'");
  one.keys = *table;
  std::erase_if(one.keys, [](const KeyValue& entry) { return entry.key == "name" || entry.key == "published"; });
  return one;
}

// The variant at one point of the grid; null: there is no grid.
Variant variant_of(const StudyFile& said, const SaidVariant& one, const GridPoint* point, const Overrides& overrides) {
  Variant variant{
      .name = one.name, .published = one.published, .seeds = {}, .tree = {said.keys, one.place}, .folder = {}, .manifest = {}};
  auto& keys = std::get<Tree::Table>(variant.tree.value);
  merge_over(keys, one.keys);
  if (point != nullptr) {
    variant.name = one.name.empty() ? point->name : one.name + " " + point->name;
    check_folder_name(variant.name, said.grid->place, "a variant's name, which 'grid' makes,");
    merge_over(keys, point->keys);
  }
  finish(variant, said, overrides);
  return variant;
}

void check_doubles(const Tree::List& list) {
  std::vector<std::string> names;
  for (const auto& item : list) {
    const auto* table = std::get_if<Tree::Table>(&item.value);
    const auto* name = table == nullptr ? nullptr : entry_in(*table, "name");
    const auto* text = name == nullptr ? nullptr : std::get_if<std::string>(&name->tree.value);
    if (text == nullptr) continue;
    if (std::ranges::find(names, *text) != names.end()) {
      throw error_at(name->tree.place, "a variant named " + literal(*text) + " stands above already");
    }
    names.push_back(*text);
  }
}

std::string name_of(const StudyFile& said) {
  auto name = said.name ? text_of(*said.name, "'name'") : said.file.stem().string();
  check_folder_name(name, said.name ? said.name->tree.place : said.place, "'name'");
  return name;
}

std::vector<SaidVariant> said_variants(const StudyFile& said) {
  if (!said.variants) return {{.name = said.grid ? "" : name_of(said), .place = said.place}};
  const auto& tree = said.variants->tree;
  const auto* list = std::get_if<Tree::List>(&tree.value);
  if (list == nullptr) throw error_at(tree.place, "'variants' must be tables, each under [[variants]], " + found(tree));
  if (list->empty()) throw error_at(tree.place, "'variants' must not be empty");
  check_doubles(*list);
  std::vector<SaidVariant> all;
  for (const auto& item : *list) all.push_back(read_variant(said, item, all.size()));
  return all;
}

std::vector<GridPoint> points_of(const StudyFile& said, const Overrides& overrides) {
  if (const auto* table = std::get_if<Tree::Table>(&said.grid->tree.value)) check_grid(*table);
  check_not_set(*said.grid, overrides);
  auto points = grid_points(*said.grid);
  std::set<std::string> names;
  for (const auto& point : points) {
    if (!names.insert(point.name).second) {
      throw error_at(said.grid->place, "'grid' makes two variants named " + literal(point.name) + ", expected a value once only");
    }
  }
  return points;
}

std::vector<Variant> variants_of(const StudyFile& said, const Overrides& overrides) {
  std::vector<Variant> variants;
  const auto points = said.grid ? points_of(said, overrides) : std::vector<GridPoint>();
  for (const auto& one : said_variants(said)) {
    if (!said.grid) variants.push_back(variant_of(said, one, nullptr, overrides));
    for (const auto& point : points) variants.push_back(variant_of(said, one, &point, overrides));
  }
  std::set<std::string> names;
  for (const auto& variant : variants) {
    if (names.insert(variant.name).second) continue;
    throw error_at(variant.tree.place,
                   "two variants come to the name " + literal(variant.name) + ", expected another 'name' of one");
  }
  return variants;
}

std::size_t baseline_of(const std::vector<Variant>& variants, const KeyValue& entry) {
  std::vector<std::string> names;
  for (const auto& variant : variants) names.push_back(variant.name);
  const auto wanted = text_of(entry, "'baseline'");
  const auto at = std::ranges::find(names, wanted);
  if (at != names.end()) return std::size_t(at - names.begin());
  throw error_at(entry.tree.place, "'baseline' must be a variant's name, one of " + joined(names) + ", found the text " +
                                       literal(wanted) + did_you_mean(wanted, names));
}

Study study_of_one(const fs::path& file, const Overrides& overrides) {
  const auto said = read_study_file(file, overrides);
  Study study{name_of(said), 0, variants_of(said, overrides)};
  if (said.baseline) study.baseline = baseline_of(study.variants, *said.baseline);
  if (!said.variants && !said.grid && !said.base) study.name += "-comparison";  // runs/NAME is where the manifest's own run lies
  return study;
}

// A second "m" is "m-2".
std::string free_name(const std::vector<Variant>& variants, const std::string& wanted) {
  auto name = wanted;
  for (int number = 2; std::ranges::find(variants, name, &Variant::name) != variants.end(); ++number) {
    name = wanted + "-" + std::to_string(number);
  }
  return name;
}

std::string joined_name(const std::vector<std::string>& names) {
  auto all = joined(names, "-vs-");
  if (all.size() <= kLongestJoined) return all;
  const auto others = "-vs-" + std::to_string(names.size() - 1) + "-others";
  auto end = std::min(names.front().size(), kLongestJoined - others.size());
  while (!is_utf8(names.front().substr(0, end))) --end;
  return names.front().substr(0, end) + others;
}

// Whatever is the study's alone belongs to none of several files.
Overrides of_each(const Overrides& overrides) {
  Overrides each;
  for (const auto& one : overrides) {
    const auto key = first_part(one);
    if (key == "base" || key == "variants" || key == "grid") {
      const auto source = std::make_shared<const SourceText>(SourceText{kCommandLine, {one}});
      throw error_at({source, 1, 1}, "'" + key + "' is one study's, and several files are compared here");
    }
    if (key != "name" && key != "baseline") each.push_back(one);
  }
  return each;
}

Study study_of_several(const std::vector<fs::path>& files, const Overrides& overrides) {
  Study study;
  std::vector<std::string> names;
  const auto each = of_each(overrides);
  for (const auto& file : files) {
    const auto said = read_study_file(file, each);
    const auto name = name_of(said);
    names.push_back(name);
    for (auto& variant : variants_of(said, each)) {
      const auto wanted = said.variants || said.grid ? name + "-" + variant.name : name;
      variant.name = variant.manifest.name = free_name(study.variants, wanted);
      check_folder_name(variant.name, variant.tree.place, "a variant's name");
      study.variants.push_back(std::move(variant));
    }
  }
  Tree own{Tree::Table{}, {}};
  for (const auto& one : overrides) {
    if (first_part(one) == "name" || first_part(one) == "baseline") apply_override(own, one);
  }
  const auto& table = std::get<Tree::Table>(own.value);
  const auto *name = entry_in(table, "name"), *baseline = entry_in(table, "baseline");
  study.name = name != nullptr ? text_of(*name, "'name'") : joined_name(names);
  check_folder_name(study.name, name != nullptr ? name->tree.place : Place{}, "'name'");
  if (baseline != nullptr) study.baseline = baseline_of(study.variants, *baseline);
  return study;
}

}  // namespace

Study read_study(const std::vector<fs::path>& files, const Overrides& overrides) {
  return files.size() == 1 ? study_of_one(files.front(), overrides) : study_of_several(files, overrides);
}

}  // namespace graft::core
