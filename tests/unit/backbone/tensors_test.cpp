// The catalog of a ViT: timm's names and order, roles, counts, and timm's default initialization.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <cmath>

#include "tests/unit/backbone/small.hpp"

using namespace graft::core;
using Catch::Matchers::WithinAbs;

namespace {

VitShape vit_small(std::int64_t classes) {
  return {.image = 224, .patch = 16, .width = 384, .depth = 12, .heads = 6, .hidden = 1536, .classes = classes};
}

std::int64_t count(const std::vector<TensorSpec>& tensors, const std::string& role = "") {
  std::int64_t all = 0;
  for (const auto& tensor : tensors) all += role.empty() || tensor.role == role ? tensor.count() : 0;
  return all;
}

TensorSpec named(const std::string& name) {
  for (const auto& tensor : tensors_of(vit_small(100))) {
    if (tensor.name == name) return tensor;
  }
  throw std::logic_error("no tensor " + name);
}

}  // namespace

TEST_CASE("the published counts of ViT-S/16") {
  const auto published = tensors_of(vit_small(1000));
  CHECK(count(published) == 22'050'664);
  CHECK(count(published, "head") == 385'000);
  CHECK(count(published, "norm") == 19'200);
  CHECK(count(published, "attn") == 7'096'320);
  const auto of_100_classes = tensors_of(vit_small(100));
  CHECK(count(of_100_classes) == 21'704'164);
  CHECK(count(of_100_classes, "head") == 38'500);
}

TEST_CASE("names, shapes and roles are timm's, in its order") {
  const auto tensors = tensors_of(small::shape());
  REQUIRE(tensors.size() == 4 + 2 * 12 + 4);
  const auto check = [&](std::size_t i, const char* name, std::vector<std::int64_t> shape, const char* role, std::int64_t block) {
    INFO(name);
    CHECK(tensors[i].name == name);
    CHECK(tensors[i].shape == shape);
    CHECK(tensors[i].role == role);
    CHECK(tensors[i].block == block);
    CHECK(tensors[i].module.empty());
  };
  check(0, "cls_token", {1, 1, 12}, "cls_token", -1);
  check(1, "pos_embed", {1, 5, 12}, "pos_embed", -1);
  check(2, "patch_embed.proj.weight", {12, 3, 4, 4}, "patch_embed", -1);
  check(3, "patch_embed.proj.bias", {12}, "patch_embed", -1);
  check(4, "blocks.0.norm1.weight", {12}, "norm", 0);
  check(6, "blocks.0.attn.qkv.weight", {36, 12}, "attn", 0);
  check(9, "blocks.0.attn.proj.bias", {12}, "attn", 0);
  check(10, "blocks.0.norm2.weight", {12}, "norm", 0);
  check(12, "blocks.0.mlp.fc1.weight", {48, 12}, "mlp", 0);
  check(14, "blocks.0.mlp.fc2.weight", {12, 48}, "mlp", 0);
  check(27, "blocks.1.mlp.fc2.bias", {12}, "mlp", 1);
  check(28, "norm.weight", {12}, "norm", -1);
  check(31, "head.bias", {4}, "head", -1);
}

TEST_CASE("initial values follow timm's default initialization") {
  const auto moments = [](const std::string& name) {
    const auto values = initial_values(named(name), 7);
    return std::pair{values.mean().item<double>(), values.std(false).item<double>()};
  };
  for (const auto* name : {"pos_embed", "blocks.3.attn.qkv.weight", "blocks.0.mlp.fc2.weight", "head.weight"}) {
    INFO(name);
    CHECK_THAT(moments(name).first, WithinAbs(0, 3e-4));
    CHECK_THAT(moments(name).second, WithinAbs(0.02, 4e-4));
  }
  CHECK_THAT(moments("cls_token").second, WithinAbs(1e-6, 2e-7));
  const double bound = 1 / std::sqrt(3 * 16 * 16);
  for (const auto* name : {"patch_embed.proj.weight", "patch_embed.proj.bias"}) {
    const auto values = initial_values(named(name), 7);
    CHECK(values.abs().max().item<double>() <= bound);
    CHECK(values.abs().max().item<double>() > 0.95 * bound);
    CHECK_THAT(values.std(false).item<double>(), WithinAbs(bound / std::sqrt(3.0), 0.05 * bound));
  }
  CHECK(at::equal(initial_values(named("norm.weight"), 7), at::ones({384}, at::kDouble)));
  for (const auto* name : {"norm.bias", "blocks.11.attn.proj.bias", "head.bias"}) {
    CHECK(at::equal(initial_values(named(name), 7), at::zeros(named(name).shape, at::kDouble)));
  }
}

TEST_CASE("initial values are a function of seed and name alone") {
  const auto a = named("blocks.0.attn.proj.weight"), b = named("blocks.1.attn.proj.weight");
  CHECK(at::equal(initial_values(a, 1), initial_values(a, 1)));
  CHECK_FALSE(at::equal(initial_values(a, 1), initial_values(a, 2)));
  CHECK_FALSE(at::equal(initial_values(a, 1), initial_values(b, 1)));
}

TEST_CASE("a truncated normal stays within timm's bounds") {
  const TensorSpec wide{
      .name = "wide", .shape = {1000}, .role = "module", .block = 0, .module = "m", .init = {Initializer::truncated_normal, 2}};
  const auto values = initial_values(wide, 1).abs();
  CHECK(values.max().item<double>() <= 2);
  CHECK(values.max().item<double>() > 1.9);
}
