// The tensors of a ViT in timm's order, each with its role and timm's default initializer.
#include <cmath>

#include "core/backbone/vit.hpp"

namespace graft::core {

namespace {

using Sizes = std::vector<std::int64_t>;

const Initializer kZeros{};
const Initializer kOnes{Initializer::constant, 1};
const Initializer kTruncated{Initializer::truncated_normal, 0.02};

class List {
 public:
  void add(const std::string& name, Sizes shape, const std::string& role, Initializer init) {
    all.push_back({.name = prefix_ + name, .shape = std::move(shape), .role = role, .block = block_, .module = "", .init = init});
  }
  void norm(const std::string& name, std::int64_t width) {
    add(name + ".weight", {width}, "norm", kOnes);
    add(name + ".bias", {width}, "norm", kZeros);
  }
  void linear(const std::string& name, std::int64_t in, std::int64_t out, const std::string& role) {
    add(name + ".weight", {out, in}, role, kTruncated);
    add(name + ".bias", {out}, role, kZeros);
  }
  // What is added next belongs to this block; -1: to none.
  void enter(std::int64_t index) {
    block_ = index;
    prefix_ = index < 0 ? "" : "blocks." + std::to_string(index) + ".";
  }

  std::vector<TensorSpec> all;

 private:
  std::int64_t block_ = -1;
  std::string prefix_;
};

}  // namespace

std::vector<TensorSpec> tensors_of(const VitShape& shape) {
  const auto d = shape.width, p = shape.patch;
  const Initializer like_convolution{Initializer::uniform,
                                     1 / std::sqrt(double(shape.channels * p * p))};  // PyTorch's default, which timm keeps
  List list;
  list.add("cls_token", {1, 1, d}, "cls_token", {Initializer::normal, 1e-6});
  list.add("pos_embed", {1, shape.tokens(), d}, "pos_embed", kTruncated);
  list.add("patch_embed.proj.weight", {d, shape.channels, p, p}, "patch_embed", like_convolution);
  list.add("patch_embed.proj.bias", {d}, "patch_embed", like_convolution);
  for (std::int64_t i = 0; i < shape.depth; ++i) {
    list.enter(i);
    list.norm("norm1", d);
    list.linear("attn.qkv", d, 3 * d, "attn");
    list.linear("attn.proj", d, d, "attn");
    list.norm("norm2", d);
    list.linear("mlp.fc1", d, shape.hidden, "mlp");
    list.linear("mlp.fc2", shape.hidden, d, "mlp");
  }
  list.enter(-1);
  list.norm("norm", d);
  list.linear("head", d, shape.classes, "head");
  return std::move(list.all);
}

}  // namespace graft::core
