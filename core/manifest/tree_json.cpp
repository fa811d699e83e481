// A node is {"at": [text, line, column], "value" or "table"}; texts stand once, beside the tree.
#include "core/manifest/tree_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace graft::core {

namespace {

using nlohmann::json;
using Texts = std::vector<std::shared_ptr<const SourceText>>;

json of_place(const Place& place, Texts& texts) {
  if (!place.text) return {-1, 0, 0};
  const auto at = std::ranges::find(texts, place.text);
  const auto number = at - texts.begin();
  if (at == texts.end()) texts.push_back(place.text);
  return {number, place.line, place.column};
}

json of_tree(const Tree& tree, Texts& texts);

json of_table(const Tree::Table& table, Texts& texts) {
  auto entries = json::array();
  for (const auto& one : table) {
    entries.push_back(json::array({one.key, of_place(one.place, texts), of_tree(one.tree, texts)}));
  }
  return entries;
}

json of_tree(const Tree& tree, Texts& texts) {
  json node = {{"at", of_place(tree.place, texts)}};
  const auto visit = [&](const auto& value) {
    using Value = std::decay_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, Tree::Table>) {
      node["table"] = of_table(value, texts);
    } else if constexpr (std::is_same_v<Value, Tree::List>) {
      node["value"] = json::array();
      for (const auto& one : value) node["value"].push_back(of_tree(one, texts));
    } else if constexpr (std::is_same_v<Value, Tree::Date>) {
      node["value"] = nullptr;
    } else {
      node["value"] = value;
    }
  };
  std::visit(visit, tree.value);
  return node;
}

Place place_from(const json& at, const Texts& texts) {
  if (at.at(0) < 0) return {};
  return {texts.at(at.at(0).get<std::size_t>()), at.at(1), at.at(2)};
}

Tree tree_from(const json& node, const Texts& texts) {
  Tree tree{Tree::Date{}, place_from(node.at("at"), texts)};
  if (node.contains("table")) {
    Tree::Table table;
    for (const auto& one : node.at("table")) {
      table.push_back({one.at(0), place_from(one.at(1), texts), tree_from(one.at(2), texts)});
    }
    tree.value = std::move(table);
    return tree;
  }
  const auto& value = node.at("value");
  if (value.is_boolean()) tree.value = value.get<bool>();
  if (value.is_number_integer()) tree.value = value.get<std::int64_t>();
  if (value.is_number_float()) tree.value = value.get<double>();
  if (value.is_string()) tree.value = value.get<std::string>();
  if (value.is_array()) {
    Tree::List list;
    for (const auto& one : value) list.push_back(tree_from(one, texts));
    tree.value = std::move(list);
  }
  return tree;
}

}  // namespace

json json_of(const Tree& tree) {
  Texts texts;
  json all = {{"tree", of_tree(tree, texts)}, {"texts", json::array()}};
  for (const auto& text : texts) {
    all["texts"].push_back({{"name", text->name}, {"lines", text->lines}, {"folder", text->folder.native()}});
  }
  return all;
}

Tree tree_of(const json& all) {
  Texts texts;
  for (const auto& text : all.at("texts")) {
    texts.push_back(std::make_shared<const SourceText>(
        SourceText{text.at("name"), text.at("lines").get<std::vector<std::string>>(), text.at("folder").get<std::string>()}));
  }
  return tree_from(all.at("tree"), texts);
}

}  // namespace graft::core
