// Initial values: drawn as timm draws them, or taken from a file under timm's names.
#pragma once
#include "core/backbone/safetensors.hpp"
#include "core/backbone/vit.hpp"

namespace graft::core {

// One tensor's initial values, a pure function of (seed, name): double [shape].
at::Tensor initial_values(const TensorSpec& tensor, std::uint64_t seed);

struct GivenWeights {
  NamedTensors tensors;           // fit the model, of the file's types
  std::vector<std::string> said;  // what a user should hear: missing, unexpected, resampled, re-initialized
};
// Fits backbone.weights to a model, modules' tensors included: a head of another size is left out (and so drawn anew), positions of
// another grid are resampled as timm's resample_abs_pos_embed does (bicubic, antialiased, class token apart); any other mismatch is
// exit 4 at the manifest's place, tensor and both shapes named.
GivenWeights fit_weights(const Manifest& manifest, const VitShape& shape, const std::vector<TensorSpec>& tensors);

}  // namespace graft::core
