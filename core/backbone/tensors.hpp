// What a model is made of before it has values: named tensors with role, shape and initializer.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace graft::core {

struct Initializer {
  enum Kind { zeros, constant, uniform, normal, truncated_normal } kind = zeros;
  double value = 0;  // constant: the value; uniform: in [-value, value]; else the standard deviation
};

struct TensorSpec {
  std::string name;  // timm's
  std::vector<std::int64_t> shape;
  std::string role;  // patch_embed pos_embed cls_token norm attn mlp head module
  std::int64_t block = -1;
  std::string module;  // of role module: its id
  Initializer init;
  std::int64_t count() const {
    std::int64_t n = 1;
    for (const auto s : shape) n *= s;
    return n;
  }
};

}  // namespace graft::core
