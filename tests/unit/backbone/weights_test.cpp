// Files of weights against models: what fits, what is adapted and said, what is refused.
#include "core/backbone/weights.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/backbone/small.hpp"

using namespace graft::core;
using small::contains;

namespace {

NamedTensors weights_of(const VitShape& shape) {
  NamedTensors weights;
  for (const auto& tensor : tensors_of(shape)) weights[tensor.name] = initial_values(tensor, 5).to(at::kFloat);
  return weights;
}

const TensorSpec kModule{
    .name = "blocks.0.prefix.up.bias", .shape = {24}, .role = "module", .block = 0, .module = "prefix", .init = {}};

GivenWeights fit(const NamedTensors& weights, bool with_module = false) {
  Folder folder;
  auto manifest = small::manifest();
  manifest.backbone.weights = folder.path / "w.safetensors";
  write_safetensors(manifest.backbone.weights, weights);
  auto tensors = tensors_of(small::shape());
  if (with_module) tensors.push_back(kModule);
  return fit_weights(manifest, small::shape(), tensors);
}

void check_refused(const NamedTensors& weights, const std::string& why) {
  const auto error = error_of([&] { fit(weights); });
  INFO(error.what());
  CHECK(error.status == Exit::data);
  CHECK(contains(error.what(), "w.safetensors"));
  CHECK(contains(error.what(), why));
}

}  // namespace

TEST_CASE("a file of the model's own tensors is taken as it is, and nothing is said") {
  const auto weights = weights_of(small::shape());
  const auto given = fit(weights);
  CHECK(given.said.empty());
  REQUIRE(given.tensors.size() == weights.size());
  for (const auto& [name, values] : weights) CHECK(at::equal(given.tensors.at(name), values));
}

TEST_CASE("a file of fp16 fits too, and stays as small as it is") {
  auto weights = weights_of(small::shape());
  weights["norm.weight"] = weights["norm.weight"].to(at::kHalf);
  CHECK(fit(weights).tensors.at("norm.weight").scalar_type() == at::kHalf);
}

TEST_CASE("modules' tensors are taken from the file, or said to be missing") {
  auto weights = weights_of(small::shape());
  const auto without = fit(weights, true);
  REQUIRE(without.said.size() == 1);
  CHECK(without.said[0] == "w.safetensors: misses 1 tensor: blocks.0.prefix.up.bias; drawn anew");
  CHECK_FALSE(without.tensors.contains(kModule.name));

  weights[kModule.name] = at::ones({24});
  const auto with = fit(weights, true);
  CHECK(with.said.empty());
  CHECK(at::equal(with.tensors.at(kModule.name), at::ones({24})));
}

TEST_CASE("missing and unexpected tensors are said in a line each") {
  auto weights = weights_of(small::shape());
  std::erase_if(weights, [](const auto& entry) { return entry.first.starts_with("blocks.1."); });
  weights["fc_norm.weight"] = at::ones({12});
  weights["head_dist.weight"] = at::ones({4, 12});
  const auto given = fit(weights);
  REQUIRE(given.said.size() == 2);
  CHECK(given.said[0] ==
        "w.safetensors: misses 12 tensors: blocks.1.norm1.weight, blocks.1.norm1.bias, blocks.1.attn.qkv.weight and 9 more; drawn "
        "anew");
  CHECK(given.said[1] == "w.safetensors: not used, 2 tensors: fc_norm.weight, head_dist.weight");
  CHECK(given.tensors.size() == 20);
}

TEST_CASE("a head of other classes is left out, and said so") {
  auto weights = weights_of(small::shape());
  weights["head.weight"] = at::ones({1000, 12});
  weights["head.bias"] = at::ones({1000});
  const auto given = fit(weights);
  REQUIRE(given.said.size() == 1);
  CHECK(given.said[0] == "w.safetensors: its head has 1000 classes, the data 4: the head is drawn anew");
  CHECK_FALSE(given.tensors.contains("head.weight"));
  CHECK_FALSE(given.tensors.contains("head.bias"));
}

TEST_CASE("positions of another grid are resampled, the class token's apart") {
  auto weights = weights_of(small::shape());
  auto positions = at::randn({1, 37, 12});
  positions.slice(1, 1) = 0.25;  // a constant stays one under every interpolation
  weights["pos_embed"] = positions;
  const auto given = fit(weights);
  REQUIRE(given.said.size() == 1);
  CHECK(given.said[0] == "w.safetensors: positions resampled from 6 x 6 to 2 x 2");
  const auto& found = given.tensors.at("pos_embed");
  REQUIRE(found.sizes() == at::IntArrayRef({1, 5, 12}));
  CHECK(at::equal(found.slice(1, 0, 1), positions.slice(1, 0, 1)));
  CHECK(at::allclose(found.slice(1, 1), at::full({1, 4, 12}, 0.25), 0, 1e-6));
}

TEST_CASE("resampling keeps the grid's rows and columns") {
  auto weights = weights_of(small::shape());
  auto grid = at::zeros({8, 8, 12});
  grid.slice(0, 4) += 1;   // lower half
  grid.slice(1, 4) += 10;  // right half
  weights["pos_embed"] = at::cat({at::zeros({1, 1, 12}), grid.reshape({1, 64, 12})}, 1);
  const auto found = fit(weights).tensors.at("pos_embed").slice(1, 1).select(2, 0).view({2, 2});
  const auto down = (found[1] - found[0]), across = (found.select(1, 1) - found.select(1, 0));
  CHECK(down.min().item<double>() > 0.7);
  CHECK(at::allclose(across, 10 * down, 0, 1e-4));
}

TEST_CASE("what does not fit is refused, tensor and both shapes named") {
  const auto with = [](const std::string& name, const at::Tensor& values) {
    auto weights = weights_of(small::shape());
    weights[name] = values;
    return weights;
  };
  check_refused(with("norm.weight", at::ones({13})), "tensor 'norm.weight' has shape [13], the model needs [12]");
  check_refused(with("patch_embed.proj.weight", at::ones({12, 1, 4, 4})), "[12, 1, 4, 4], the model needs [12, 3, 4, 4]");
  check_refused(with("patch_embed.proj.weight", at::ones({12, 3, 2, 2})), "[12, 3, 2, 2], the model needs [12, 3, 4, 4]");
  check_refused(with("pos_embed", at::ones({1, 7, 12})), "[1, 7, 12], the model needs [1, 5, 12]");
  check_refused(with("pos_embed", at::ones({1, 37, 13})), "[1, 37, 13], the model needs [1, 5, 12]");
  check_refused(with("pos_embed", at::ones({1, 1, 12})), "[1, 1, 12], the model needs [1, 5, 12]");
  check_refused(with("pos_embed", at::ones({1, 0, 12})), "[1, 0, 12], the model needs [1, 5, 12]");
  check_refused(with("head.weight", at::ones({4, 13})), "[4, 13], the model needs [4, 12]");
  check_refused(with("head.bias", at::ones({5})), "tensor 'head.bias' has shape [5], the model needs [4]");
  check_refused(with("head.weight", at::ones({5, 12})), "tensor 'head.weight' has shape [5, 12], the model needs [4, 12]");
  check_refused(with("norm.bias", at::ones({12}, at::kLong)), "tensor 'norm.bias' holds no floating-point numbers");
  check_refused(with("norm.bias", at::full({12}, INFINITY)), "tensor 'norm.bias' holds values that are not finite");
  check_refused({}, "it holds no tensors");
  check_refused({{"model.cls_token", at::ones({1, 1, 12})}}, "its first is 'model.cls_token', timm's names");
}
