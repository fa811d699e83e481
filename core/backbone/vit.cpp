// The forward pass: patches, blocks, head. Where a tensor stands in `bound` follows from the order of tensors_of().
#include "core/backbone/vit.hpp"

#include <ATen/ATen.h>

#include "core/base/ops.hpp"

namespace graft::core {

namespace {

constexpr double kEpsilon = 1e-6;

enum Embedding : std::size_t { kClassToken, kPositions, kPatchWeight, kPatchBias, kBeforeBlocks };
// Of a layer, the place of its weight among the tensors of its block; its bias follows.
enum InBlock : std::size_t { kNorm1 = 0, kQkv = 2, kProj = 4, kNorm2 = 6, kFc1 = 8, kFc2 = 10, kPerBlock = 12 };
enum Linear : int { kOfQkv, kOfProj, kOfFc1, kOfFc2 };
constexpr InBlock kPlaces[] = {kQkv, kProj, kFc1, kFc2};

// One pass over given parameters: what every stage needs.
struct Pass {
  const VitShape& shape;
  const Bound& bound;
  const Injections* modules;

  at::Tensor embed(const at::Tensor& images) const;
  at::Tensor block(std::int64_t i, at::Tensor x) const;
  at::Tensor head(const at::Tensor& x) const;

  std::size_t place(std::int64_t block, std::size_t inside) const {
    return kBeforeBlocks + kPerBlock * std::size_t(block) + inside;
  }
  at::Tensor norm(std::size_t at, const at::Tensor& x) const { return layer_norm(x, bound[at], bound[at + 1], kEpsilon); }
  at::Tensor layer(std::int64_t block, Linear which, const at::Tensor& x) const {
    const auto at = place(block, kPlaces[which]);
    const auto y = linear(x, bound[at], bound[at + 1]);
    return modules ? modules->after_linear(block, which, bound, x, y) : y;
  }
};

// images [K, B, C, H, W] to [K, B, T, d]. Patches are cut out and multiplied as rows, in the order of a convolution's weight.
at::Tensor Pass::embed(const at::Tensor& images) const {
  const auto lanes = images.size(0), batch = images.size(1), grid = shape.grid(), patch = shape.patch;
  const auto patches = images.reshape({lanes, batch, shape.channels, grid, patch, grid, patch})
                           .permute({0, 1, 3, 5, 2, 4, 6})
                           .reshape({lanes, batch, grid * grid, shape.channels * patch * patch});
  const auto tokens = linear(patches, bound[kPatchWeight].flatten(2), bound[kPatchBias]);
  const auto first = bound[kClassToken].expand({lanes, batch, 1, shape.width});
  return at::cat({first, tokens}, 2) + bound[kPositions];
}

// x [K, B, T, d], and behind its tokens those added, L in all: [K, B, T + L, d].
at::Tensor with_tokens(const at::Tensor& x, const std::vector<AddedTokens>& added) {
  std::vector<at::Tensor> all = {x};
  for (const bool stay : {true, false}) {
    for (const auto& more : added) {
      if (more.stay == stay) all.push_back(more.values.expand({x.size(0), x.size(1), -1, -1}));
    }
  }
  return all.size() == 1 ? x : at::cat(all, 2);
}

// x [K, B, T, d] to the same, T grown by the tokens that stay; the last block to the class token alone, [K, B, d].
at::Tensor Pass::block(std::int64_t i, at::Tensor x) const {
  const bool last = i + 1 == shape.depth;
  // Behind its attention no token of the last block sees another, and only the class token is looked at.
  const bool class_token_alone = last && !(modules && modules->behind_attention());

  const auto added = modules ? modules->tokens(i, bound) : std::vector<AddedTokens>{};
  auto tokens = x.size(2);  // what goes on to the next block
  for (const auto& more : added) tokens += more.stay ? more.values.size(2) : 0;
  x = with_tokens(x, added);

  const auto z = norm(place(i, kNorm1), x);
  auto qkv = layer(i, kOfQkv, z).chunk(3, -1);
  if (modules) modules->keys_values(i, bound, z, qkv[1], qkv[2]);
  if (class_token_alone) {
    qkv[0] = qkv[0].narrow(2, 0, 1);
    x = x.narrow(2, 0, 1);
  }
  x = x + layer(i, kOfProj, attention(qkv[0], qkv[1], qkv[2], shape.heads));
  x = x + layer(i, kOfFc2, at::gelu(layer(i, kOfFc1, norm(place(i, kNorm2), x))));
  if (modules) x = modules->after_mlp(i, bound, x);

  if (last) return x.select(2, 0);
  return x.size(2) > tokens ? x.narrow(2, 0, tokens) : x;
}

// The class token [K, B, d] to logits [K, B, classes].
at::Tensor Pass::head(const at::Tensor& x) const {
  const auto at = place(shape.depth, 0);
  return linear(norm(at, x), bound[at + 2], bound[at + 3]);
}

}  // namespace

std::vector<AddedTokens> Around::tokens(std::int64_t block, const Bound& bound) const {
  return inner_ ? inner_->tokens(block, bound) : std::vector<AddedTokens>{};
}

void Around::keys_values(std::int64_t block, const Bound& bound, const at::Tensor& z, at::Tensor& k, at::Tensor& v) const {
  if (inner_) inner_->keys_values(block, bound, z, k, v);
}

at::Tensor Around::after_mlp(std::int64_t block, const Bound& bound, at::Tensor x) const {
  return inner_ ? inner_->after_mlp(block, bound, std::move(x)) : x;
}

at::Tensor Around::after_linear(std::int64_t block, int layer, const Bound& bound, const at::Tensor& x, at::Tensor y) const {
  return inner_ ? inner_->after_linear(block, layer, bound, x, std::move(y)) : y;
}

Vit::Vit(const VitShape& shape) : shape_(shape) {}

at::Tensor Vit::forward(const Bound& bound, const at::Tensor& images, const Injections* injections) const {
  return run(bound, images, 0, stages(), injections);
}

at::Tensor Vit::run(const Bound& bound, at::Tensor x, std::int64_t first, std::int64_t last, const Injections* injections) const {
  const Pass pass{shape_, bound, injections};
  for (auto stage = first; stage < last; ++stage) {
    if (stage == 0) {
      x = pass.embed(x);
    } else if (stage <= shape_.depth) {
      x = pass.block(stage - 1, x);
    } else {
      x = pass.head(x);
    }
  }
  return x;
}

std::int64_t Vit::stage_of(const TensorSpec& tensor) const {
  if (tensor.block >= 0) return tensor.block + 1;
  return tensor.role == "norm" || tensor.role == "head" ? shape_.depth + 1 : 0;
}

}  // namespace graft::core
