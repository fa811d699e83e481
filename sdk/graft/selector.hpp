// Selectors: sets of a model's tensors, written as expressions that the host resolves.
#pragma once
#include <graft/json.hpp>

#include <utility>

namespace graft {

// Over roles (`attn`), blocks (`blocks.3`; `blocks.-1` is the last), layers of every block (`attn.qkv`), modules (`module:prefix`;
// `module` is any) and globs over names (`blocks.*.mlp.fc1.*`), with | & ! and parentheses. A name that matches nothing is an
// error.
class Selector {
 public:
  Selector() = default;  // nothing
  Selector(const char* expression) : text(expression) {}
  Selector(std::string expression) : text(std::move(expression)) {}
  std::string text;
};

inline Selector all() { return "*"; }
inline Selector none() { return {}; }
inline Selector except(const Selector& s) { return s.text.empty() ? all() : Selector("!(" + s.text + ")"); }
inline Selector operator|(const Selector& a, const Selector& b) {
  if (a.text.empty()) return b;
  return b.text.empty() ? a : Selector("(" + a.text + ")|(" + b.text + ")");
}
inline Selector operator&(const Selector& a, const Selector& b) {
  return a.text.empty() || b.text.empty() ? none() : Selector("(" + a.text + ")&(" + b.text + ")");
}

}  // namespace graft
