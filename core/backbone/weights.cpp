// A file of weights against a model: what fits is taken, what timm would adapt is adapted, and everything else is said.
#include "core/backbone/weights.hpp"

#include <ATen/ATen.h>

#include <cmath>

#include "core/base/shape_text.hpp"
#include "core/base/text.hpp"

namespace graft::core {

namespace {

constexpr std::size_t kNamesShown = 3;

// "3 tensors: a, b, c" or "12 tensors: a, b, c and 9 more".
std::string names_text(const std::vector<std::string>& names) {
  const std::vector<std::string> shown(names.begin(), names.begin() + std::min(kNamesShown, names.size()));
  const auto more = names.size() > shown.size() ? " and " + std::to_string(names.size() - shown.size()) + " more" : "";
  return std::to_string(names.size()) + (names.size() == 1 ? " tensor: " : " tensors: ") + joined(shown) + more;
}

// The side of the square grid that position embeddings [1, T, d] stand for beside the class token; 0: none.
std::int64_t grid_of(const at::Tensor& positions) {
  const auto cells = positions.size(1) - 1;
  const auto side = std::int64_t(std::llround(std::sqrt(double(cells))));
  return cells > 0 && side * side == cells ? side : 0;
}

// As timm's resample_abs_pos_embed: bicubic, antialiased, in fp32; the class token's own stays. [1, T, d] to [1, 1 + grid², d].
at::Tensor resampled(const at::Tensor& positions, std::int64_t from, std::int64_t to) {
  const auto width = positions.size(2);
  const auto parts = positions.split_with_sizes({1, from * from}, 1);
  const auto image = parts[1].to(at::kFloat).reshape({1, from, from, width}).permute({0, 3, 1, 2});
  const auto scaled = at::_upsample_bicubic2d_aa(image, {to, to}, false);
  return at::cat({parts[0], scaled.permute({0, 2, 3, 1}).reshape({1, to * to, width}).to(positions.dtype())}, 1);
}

class Fitting {
 public:
  Fitting(const Manifest& manifest, const VitShape& shape, NamedTensors found)
      : manifest_(manifest), shape_(shape), found_(std::move(found)) {}
  GivenWeights run(const std::vector<TensorSpec>& tensors);

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw error_at(manifest_.backbone.weights_place, "backbone.weights = '" + file() + "': " + what, Exit::data);
  }
  std::string file() const { return manifest_.backbone.weights.filename().string(); }
  at::Tensor take(const std::string& name);
  at::Tensor fitted(const TensorSpec& tensor, const at::Tensor& values);
  bool drop_other_head();

  const Manifest& manifest_;
  const VitShape& shape_;
  NamedTensors found_;  // what is not yet used
  std::vector<std::string> said_;
};

// The tensor of that name, no longer among the unused ones; undefined where there is none.
at::Tensor Fitting::take(const std::string& name) {
  const auto at = found_.find(name);
  if (at == found_.end()) return {};
  auto values = at->second;
  found_.erase(at);
  if (!values.is_floating_point()) fail("tensor '" + name + "' holds no floating-point numbers");
  if (!values.isfinite().all().item<bool>()) fail("tensor '" + name + "' holds values that are not finite");
  return values;
}

at::Tensor Fitting::fitted(const TensorSpec& tensor, const at::Tensor& values) {
  if (values.sizes() == at::IntArrayRef(tensor.shape)) return values;
  const bool other_grid = tensor.role == "pos_embed" && values.dim() == 3 && values.size(0) == 1 &&
                          values.size(2) == shape_.width && grid_of(values) > 0;
  if (!other_grid)
    fail("tensor '" + tensor.name + "' has shape " + shape_text(values.sizes()) + ", the model needs " + shape_text(tensor.shape));
  const auto side = [](std::int64_t n) { return std::to_string(n) + " x " + std::to_string(n); };
  said_.push_back(file() + ": positions resampled from " + side(grid_of(values)) + " to " + side(shape_.grid()));
  return resampled(values, grid_of(values), shape_.grid());
}

// A head for other classes, of this width, is set aside: whether there was one.
bool Fitting::drop_other_head() {
  const auto weight = found_.find("head.weight");
  if (weight == found_.end() || weight->second.dim() != 2 || weight->second.size(1) != shape_.width) return false;
  const auto classes = weight->second.size(0);
  if (classes == shape_.classes) return false;
  const auto bias = found_.find("head.bias");
  if (bias != found_.end() && (bias->second.dim() != 1 || bias->second.size(0) != classes)) return false;
  said_.push_back(file() + ": its head has " + std::to_string(classes) + " classes, the data " + std::to_string(shape_.classes) +
                  ": the head is drawn anew");
  found_.erase("head.weight");
  found_.erase("head.bias");
  return true;
}

GivenWeights Fitting::run(const std::vector<TensorSpec>& tensors) {
  GivenWeights given;
  std::vector<std::string> missing, unexpected;
  const auto offered = found_.empty() ? std::string() : found_.begin()->first;
  const bool other_head = drop_other_head();
  for (const auto& tensor : tensors) {
    if (other_head && tensor.role == "head") continue;
    const auto values = take(tensor.name);
    if (values.defined()) {
      given.tensors.emplace(tensor.name, fitted(tensor, values));
    } else {
      missing.push_back(tensor.name);
    }
  }
  if (given.tensors.empty()) {
    fail(offered.empty() ? "it holds no tensors"
                         : "none of its tensors is one of the model's; its first is '" + offered +
                               "', timm's names such as 'cls_token' were expected");
  }
  for (const auto& [name, values] : found_) unexpected.push_back(name);
  if (!missing.empty()) said_.push_back(file() + ": misses " + names_text(missing) + "; drawn anew");
  if (!unexpected.empty()) said_.push_back(file() + ": not used, " + names_text(unexpected));
  given.said = std::move(said_);
  return given;
}

}  // namespace

GivenWeights fit_weights(const Manifest& manifest, const VitShape& shape, const std::vector<TensorSpec>& tensors) {
  return Fitting(manifest, shape, read_safetensors(manifest.backbone.weights)).run(tensors);
}

}  // namespace graft::core
