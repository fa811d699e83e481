// Reads selector expressions by recursive descent, one function a precedence.
#include "core/compose/selectors.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string_view>

#include "core/base/text.hpp"

namespace graft::core {

namespace {

using Set = std::vector<bool>;

// A role is a known word even where no tensor has it, as `module` in a backbone without modules.
constexpr std::string_view kRoles[] = {"patch_embed", "pos_embed", "cls_token", "norm", "attn", "mlp", "head", "module"};

std::int64_t depth_of(const std::vector<TensorSpec>& tensors) {
  std::int64_t last = -1;
  for (const auto& tensor : tensors) last = std::max(last, tensor.block);
  return last + 1;
}

// blocks.-1 and blocks.-1.attn.* count from the end.
std::string from_the_end(const std::string& name, const std::vector<TensorSpec>& tensors) {
  const std::string head = "blocks.-";
  if (name.rfind(head, 0) != 0) return name;
  const auto end = name.find_first_not_of("0123456789", head.size());
  const auto digits = name.substr(head.size(), end == std::string::npos ? end : end - head.size());
  if (digits.empty() || digits.size() > 9) return name;
  return "blocks." + std::to_string(depth_of(tensors) - std::stoll(digits)) + (end == std::string::npos ? "" : name.substr(end));
}

bool is_role(const std::string& name) { return std::find(std::begin(kRoles), std::end(kRoles), name) != std::end(kRoles); }

// "attn.qkv" of the backbone's own blocks.3.attn.qkv.weight, "" of what is no layer's inside a block.
std::string layer_of(const TensorSpec& tensor) {
  if (tensor.block < 0 || tensor.role == "module") return "";
  const auto start = tensor.name.find('.', tensor.name.find('.') + 1) + 1, end = tensor.name.rfind('.');
  return start < end ? tensor.name.substr(start, end - start) : "";
}

bool matches(const TensorSpec& tensor, const std::string& name) {
  if (is_role(name)) return tensor.role == name;
  if (layer_of(tensor) == name) return true;
  if (name.rfind("module:", 0) == 0) return tensor.role == "module" && tensor.module == name.substr(7);
  if (tensor.name.rfind(name + ".", 0) == 0) return true;
  return fnmatch(name.c_str(), tensor.name.c_str(), 0) == 0;
}

std::vector<std::string> known_names(const std::vector<TensorSpec>& tensors) {
  std::set<std::string> names(std::begin(kRoles), std::end(kRoles));
  for (const auto& tensor : tensors) {
    if (tensor.role == "module") names.insert("module:" + tensor.module);
    if (const auto layer = layer_of(tensor); !layer.empty()) names.insert(layer);
  }
  return {names.begin(), names.end()};
}

class Reader {
 public:
  Reader(const std::string& text, const std::vector<TensorSpec>& tensors) : text_(text), tensors_(tensors) {}

  Set read() {
    Set all = any_of();
    if (next() != 0) fail(std::string("unexpected '") + next() + "'");
    const bool empty = std::find(all.begin(), all.end(), true) == all.end();
    if (empty && !role_without_tensors_.empty()) fail_to_match(role_without_tensors_);
    return all;
  }

 private:
  Set any_of() {
    Set left = all_of();
    while (next() == '|') {
      ++at_;
      const Set right = all_of();
      for (std::size_t i = 0; i < left.size(); ++i) left[i] = left[i] || right[i];
    }
    return left;
  }

  Set all_of() {
    Set left = one();
    while (next() == '&') {
      ++at_;
      const Set right = one();
      for (std::size_t i = 0; i < left.size(); ++i) left[i] = left[i] && right[i];
    }
    return left;
  }

  Set one() {
    if (next() == '!') {
      ++at_;
      Set inner = one();
      inner.flip();
      return inner;
    }
    if (next() == '(') {
      ++at_;
      Set inner = any_of();
      if (next() != ')') fail("a ')' is missing");
      ++at_;
      return inner;
    }
    return named();
  }

  Set named() {
    next();
    const auto start = at_;
    while (at_ < text_.size() && std::string_view(" \t|&!()").find(text_[at_]) == std::string_view::npos) ++at_;
    const auto name = text_.substr(start, at_ - start);
    if (name.empty()) fail("a name is missing");
    const auto wanted = from_the_end(name, tensors_);
    Set found(tensors_.size());
    bool any = false;
    for (std::size_t i = 0; i < tensors_.size(); ++i) any |= found[i] = matches(tensors_[i], wanted);
    if (!any && !is_role(name)) fail_to_match(name);
    if (!any) role_without_tensors_ = name;
    return found;
  }

  char next() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    return at_ < text_.size() ? text_[at_] : 0;
  }

  [[noreturn]] void fail_to_match(const std::string& name) const {
    const auto known = known_names(tensors_);
    throw std::invalid_argument("selector '" + name + "' matches no tensor" + did_you_mean(name, known) +
                                " (known: " + joined(known) + ", blocks.N, and globs over tensor names)");
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw std::invalid_argument("selector '" + text_ + "', character " + std::to_string(at_ + 1) + ": " + what);
  }

  const std::string& text_;
  const std::vector<TensorSpec>& tensors_;
  std::size_t at_ = 0;
  std::string role_without_tensors_;  // the last such
};

}  // namespace

std::vector<bool> select(const std::string& expression, const std::vector<TensorSpec>& tensors) {
  if (expression.find_first_not_of(" \t") == std::string::npos) return Set(tensors.size());
  return Reader(expression, tensors).read();
}

}  // namespace graft::core
