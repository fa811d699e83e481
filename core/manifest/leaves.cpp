// Items of lists are numbered from 0.
#include "core/manifest/leaves.hpp"

namespace graft::core {

void for_each_leaf(const Tree& tree, const std::function<void(const std::string&, const Tree&)>& take, const std::string& name) {
  const auto below = [&name](const std::string& key) { return name.empty() ? key : name + "." + key; };
  if (const auto* table = std::get_if<Tree::Table>(&tree.value)) {
    for (const auto& entry : *table) for_each_leaf(entry.tree, take, below(entry.key));
  } else if (const auto* list = std::get_if<Tree::List>(&tree.value)) {
    for (std::size_t i = 0; i < list->size(); ++i) for_each_leaf((*list)[i], take, below(std::to_string(i)));
  } else {
    take(name, tree);
  }
}

}  // namespace graft::core
