// The ViT over lanes: timm's vision_transformer (pre-norm, class token, learned positions, packed qkv, exact GELU, LayerNorm 1e-6).
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "core/backbone/tensors.hpp"
#include "core/manifest/manifest.hpp"

namespace graft::core {

struct VitShape {
  std::int64_t image, patch, width, depth, heads, hidden, classes, channels = 3;
  std::int64_t grid() const { return image / patch; }
  std::int64_t tokens() const { return grid() * grid() + 1; }
};

// A preset's fields overridden by those given; exit 2 at the key's place where they do not fit together.
VitShape shape_of(const Manifest& manifest, std::int64_t classes);

// The tensors of a ViT in timm's order: cls_token, pos_embed, patch_embed.*, blocks.*, norm.*, head.*. Where modules stand among
// them is composed elsewhere.
std::vector<TensorSpec> tensors_of(const VitShape& shape);

// What modules do inside: implemented by compose. `bound` holds the parameters, one tensor [K|1, …] per tensor of the model.
using Bound = std::vector<at::Tensor>;
struct AddedTokens {
  at::Tensor values;   // [K|1, B|1, L, d]
  bool stay = false;   // they go on to the next block; else they are dropped behind this one
  double dropout = 0;  // of those who train; a forward pass takes the values as they are
};
class Injections {
 public:
  virtual ~Injections() = default;
  // Appended before the block, those that stay before the others.
  virtual std::vector<AddedTokens> tokens(std::int64_t block, const Bound&) const = 0;
  virtual void keys_values(std::int64_t block, const Bound&, const at::Tensor& z, at::Tensor& keys, at::Tensor& values) const = 0;
  virtual at::Tensor after_mlp(std::int64_t block, const Bound&, at::Tensor x) const = 0;
  // layer: 0 qkv, 1 proj, 2 fc1, 3 fc2
  virtual at::Tensor after_linear(std::int64_t block, int layer, const Bound&, const at::Tensor& x, at::Tensor y) const = 0;
  // Whether after_mlp or after_linear are filled at all. If not, the last block computes only the class token behind its attention.
  virtual bool behind_attention() const { return true; }
};

// Another's injections, or none: for those that change something about them.
class Around : public Injections {
 public:
  explicit Around(const Injections* inner) : inner_(inner) {}
  std::vector<AddedTokens> tokens(std::int64_t block, const Bound&) const override;
  void keys_values(std::int64_t block, const Bound&, const at::Tensor& z, at::Tensor& keys, at::Tensor& values) const override;
  at::Tensor after_mlp(std::int64_t block, const Bound&, at::Tensor x) const override;
  at::Tensor after_linear(std::int64_t block, int layer, const Bound&, const at::Tensor& x, at::Tensor y) const override;
  bool behind_attention() const override { return inner_ && inner_->behind_attention(); }

 private:
  const Injections* inner_;
};

// Where a forward pass can be cut: stage 0 is the embedding, 1 … depth the blocks, depth + 1 the last norm and the head.
// Between stages stand activations [K, B, T, d], T with the tokens that stay; before the last one only the class token is used.
class Vit {
 public:
  explicit Vit(const VitShape& shape);
  const VitShape& shape() const { return shape_; }
  // images [K, B, C, H, W] to logits [K, B, classes]. `bound` begins with the tensors of tensors_of(), in that order.
  at::Tensor forward(const Bound& bound, const at::Tensor& images, const Injections* injections) const;
  // The stages [first, last): from what stands before `first` to what stands before `last`. Before stage 0 stand the images; after
  // the last stage, depth + 2, the logits; before stage depth + 1 the class token alone, [K, B, d].
  at::Tensor run(const Bound& bound, at::Tensor x, std::int64_t first, std::int64_t last, const Injections* injections) const;
  std::int64_t stages() const { return shape_.depth + 2; }
  std::int64_t stage_of(const TensorSpec& tensor) const;  // the first stage that uses it

 private:
  VitShape shape_;
};

}  // namespace graft::core
