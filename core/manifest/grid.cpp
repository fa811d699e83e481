// Keys are walked to their lists; then all are counted through, as an odometer does.
#include "core/manifest/grid.hpp"

#include <algorithm>
#include <utility>

#include "core/base/text.hpp"
#include "core/manifest/literal.hpp"
#include "core/manifest/merge.hpp"
#include "core/manifest/overrides.hpp"
#include "core/manifest/read.hpp"

namespace graft::core {

namespace {

constexpr std::size_t kMost = 10'000;  // variants: each is a run at least

using Path = std::vector<std::string>;  // a dotted key's parts

struct Axis {
  Path path;
  Place place;
  Tree::List values;
};

void add_axes(std::vector<Axis>& axes, const Tree& tree, const Path& path, const Place& place) {
  if (const auto* table = std::get_if<Tree::Table>(&tree.value)) {
    for (const auto& entry : *table) {
      auto below = path;
      below.push_back(entry.key);
      add_axes(axes, entry.tree, below, entry.place);
    }
    return;
  }
  const auto* list = std::get_if<Tree::List>(&tree.value);
  const auto key = "'grid." + joined(path, ".") + "'";
  if (list == nullptr) throw error_at(tree.place, key + " must be a list of the values to try, " + found(tree));
  if (list->empty()) throw error_at(tree.place, key + " must not be an empty list");
  axes.push_back({path, place, *list});
}

std::vector<Axis> axes_of(const KeyValue& grid) {
  const auto* table = std::get_if<Tree::Table>(&grid.tree.value);
  if (table == nullptr) throw error_at(grid.tree.place, "'grid' must be a table of lists, " + found(grid.tree));
  std::vector<Axis> axes;
  add_axes(axes, grid.tree, {}, grid.place);
  const auto stands = [](const Axis& axis) { return std::pair(axis.place.line, axis.place.column); };
  std::ranges::stable_sort(axes, {}, stands);  // keys of one table need not stand together
  if (axes.empty())
    throw error_at(grid.place, "'grid' has no key: a list of values for one such as training.optimizer.lr is expected");
  return axes;
}

bool names_itself(const std::string& key) { return key == "use" || key == "by"; }

// A value in a name: texts as they are, tables by what they use.
std::string word_of(const Tree& tree) {
  if (const auto* text = std::get_if<std::string>(&tree.value)) return *text;
  std::vector<std::string> words;
  if (const auto* list = std::get_if<Tree::List>(&tree.value)) {
    for (const auto& item : *list) words.push_back(word_of(item));
    return words.empty() ? "none" : joined(words, "+");
  }
  const auto* table = std::get_if<Tree::Table>(&tree.value);
  if (table == nullptr) return shown(tree);
  for (const auto& entry : *table) {
    words.push_back((names_itself(entry.key) ? "" : entry.key + "=") + word_of(entry.tree));
  }
  return joined(words, " ");
}

// "lr", or as much of the key as tells it from the others.
std::string short_key(const Axis& axis, const std::vector<Axis>& axes) {
  for (std::size_t parts = 1; parts < axis.path.size(); ++parts) {
    const auto ends_alike = [&](const Axis& other) {
      return other.path.size() >= parts &&
             std::equal(axis.path.end() - std::ptrdiff_t(parts), axis.path.end(), other.path.end() - std::ptrdiff_t(parts));
    };
    if (std::ranges::count_if(axes, ends_alike) == 1)
      return joined({axis.path.end() - std::ptrdiff_t(parts), axis.path.end()}, ".");
  }
  return joined(axis.path, ".");
}

std::string name_of(const Axis& axis, const Tree& value, const std::vector<Axis>& axes) {
  const bool alone = names_itself(axis.path.back()) || std::holds_alternative<Tree::Table>(value.value);
  auto name = alone ? word_of(value) : short_key(axis, axes) + "=" + word_of(value);
  std::ranges::replace(name, '/', '-');
  return name;
}

void put(Tree::Table& table, const Path& path, const Tree& value, const Place& place) {
  auto* into = &table;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    auto* entry = entry_in(*into, path[i]);
    if (entry == nullptr) entry = &into->emplace_back(KeyValue{path[i], place, {Tree::Table{}, place}});
    into = &std::get<Tree::Table>(entry->tree.value);
  }
  into->push_back({path.back(), place, value});
}

Error set_beside(const Axis& axis, const std::string& override) {
  const auto name = joined(axis.path, ".");
  const auto source = std::make_shared<const SourceText>(SourceText{kCommandLine, {override}});
  return error_at({source, 1, 1}, "'" + name + "' is the grid's; --set 'grid." + name + "=[…]' changes the values that it tries");
}

}  // namespace

void check_not_set(const KeyValue& grid, const std::vector<std::string>& overrides) {
  const auto axes = axes_of(grid);
  for (const auto& one : overrides) {
    const auto key = key_of(one) + ".";
    const auto touches = [&key](const Axis& axis) {
      const auto own = joined(axis.path, ".") + ".";
      return key.starts_with(own) || own.starts_with(key);
    };
    const auto axis = std::ranges::find_if(axes, touches);
    if (axis != axes.end()) throw set_beside(*axis, one);
  }
}

std::vector<GridPoint> grid_points(const KeyValue& grid) {
  const auto axes = axes_of(grid);
  std::size_t count = 1;
  for (const auto& axis : axes) {
    if (axis.values.size() > kMost / count) {
      throw error_at(grid.place, "'grid' makes more than " + count_text(double(kMost)) + " variants, expected fewer values");
    }
    count *= axis.values.size();
  }
  std::vector<GridPoint> points;
  for (std::size_t number = 0; number < count; ++number) {
    GridPoint point;
    std::vector<std::string> names;
    auto left = count;
    for (const auto& axis : axes) {
      left /= axis.values.size();
      const auto& value = axis.values[number / left % axis.values.size()];
      names.push_back(name_of(axis, value, axes));
      put(point.keys, axis.path, value, axis.place);
    }
    point.name = joined(names, " ");
    points.push_back(std::move(point));
  }
  return points;
}

}  // namespace graft::core
