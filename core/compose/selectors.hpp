// Selectors: expressions over roles, blocks, modules and globs that name sets of a model's tensors.
#pragma once
#include <string>
#include <vector>

#include "core/backbone/tensors.hpp"

namespace graft::core {

// Which of `tensors` the expression names; "" names none. Grammar: a | b, a & b, !a, (a), and names: a role (`attn`), a block
// (`blocks.3`; `blocks.-1` is the last), a layer of every block (`attn.qkv`, `norm1`; not what modules put there), `module`,
// `module:prefix`, or a glob over names in which * spans dots. A role goes before all else.
// Throws std::invalid_argument, saying what is wrong, for what cannot be read and for a name that matches nothing.
std::vector<bool> select(const std::string& expression, const std::vector<TensorSpec>& tensors);

}  // namespace graft::core
