// The forward pass in fp64: against the textbook's, over lanes, in pieces, and with modules at each of their points.
#include "core/backbone/vit.hpp"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "core/base/ops.hpp"
#include "tests/unit/backbone/small.hpp"

using namespace graft::core;

namespace {

constexpr std::int64_t kBatch = 5;

bool near(const at::Tensor& a, const at::Tensor& b) { return a.sizes() == b.sizes() && at::allclose(a, b, 1e-12, 1e-13); }

// Parameters of so many lanes each, away from their initial values.
Bound draw(const std::function<std::int64_t(std::size_t)>& lanes_of) {
  Bound bound;
  const auto specs = tensors_of(small::shape());
  for (std::size_t i = 0; i < specs.size(); ++i) {
    auto sizes = specs[i].shape;
    sizes.insert(sizes.begin(), lanes_of(i));
    bound.push_back((initial_values(specs[i], 3).unsqueeze(0) + 0.3 * at::randn(sizes, at::kDouble)).detach().requires_grad_());
  }
  return bound;
}

at::Tensor draw_images(std::int64_t lanes) { return at::randn({lanes, kBatch, 3, 8, 8}, at::kDouble); }

// One lane, as papers and timm write it. images [B, C, H, W] to logits [B, classes].
at::Tensor textbook(const Bound& p, const at::Tensor& images, std::int64_t lane) {
  const auto of = [&](std::size_t i) { return p[i][p[i].size(0) == 1 ? 0 : lane]; };
  const auto norm = [&](std::size_t i, const at::Tensor& x) { return at::layer_norm(x, {12}, of(i), of(i + 1), 1e-6); };
  const auto linear = [&](std::size_t i, const at::Tensor& x) { return at::linear(x, of(i), of(i + 1)); };
  auto x = at::conv2d(images, of(2), of(3), 4).flatten(2).transpose(1, 2);
  x = at::cat({of(0).expand({kBatch, 1, 12}), x}, 1) + of(1);
  for (std::size_t first : {4, 16}) {
    const auto qkv = linear(first + 2, norm(first, x)).reshape({kBatch, 5, 3, 3, 4}).permute({2, 0, 3, 1, 4});
    const auto weights = at::softmax(at::matmul(qkv[0], qkv[1].transpose(-2, -1)) / 2, -1);
    x = x + linear(first + 4, at::matmul(weights, qkv[2]).transpose(1, 2).reshape({kBatch, 5, 12}));
    x = x + linear(first + 10, at::gelu(linear(first + 8, norm(first + 6, x))));
  }
  return linear(30, norm(28, x).select(1, 0));
}

void check_same(const at::Tensor& found, const at::Tensor& expected, const Bound& bound) {
  CHECK(near(found, expected));
  const auto direction = at::randn_like(found);
  const auto a = torch::autograd::grad({found}, bound, {direction}, true);
  const auto b = torch::autograd::grad({expected}, bound, {direction});
  for (std::size_t i = 0; i < bound.size(); ++i) {
    INFO("tensor " << i);
    CHECK(near(a[i], b[i]));
  }
}

// Modules that change nothing; each test fills one point.
struct Nothing : Injections {
  bool looks_behind = true;
  std::vector<AddedTokens> tokens(std::int64_t, const Bound&) const override { return {}; }
  void keys_values(std::int64_t, const Bound&, const at::Tensor&, at::Tensor&, at::Tensor&) const override {}
  at::Tensor after_mlp(std::int64_t, const Bound&, at::Tensor x) const override { return x; }
  at::Tensor after_linear(std::int64_t, int, const Bound&, const at::Tensor&, at::Tensor y) const override { return y; }
  bool behind_attention() const override { return looks_behind; }
};

}  // namespace

TEST_CASE("forward is the textbook's ViT in every lane, values and gradients") {
  at::manual_seed(1);
  const auto lanes = GENERATE(1, 2, 3);
  const auto sharing = GENERATE(0, 1, 2);  // none shared, all shared, every third apart
  const auto bound = draw([&](std::size_t i) { return sharing == 0 || (sharing == 2 && i % 3 == 0) ? lanes : 1; });
  const auto images = draw_images(lanes);
  std::vector<at::Tensor> expected;
  for (std::int64_t lane = 0; lane < lanes; ++lane) expected.push_back(textbook(bound, images[lane], lane));
  check_same(Vit(small::shape()).forward(bound, images, nullptr), at::stack(expected), bound);
}

TEST_CASE("stages can be run one by one") {
  at::manual_seed(2);
  const Vit vit(small::shape());
  const auto bound = draw([](std::size_t) { return 2; });
  const auto images = draw_images(2);
  const auto whole = vit.forward(bound, images, nullptr);
  CHECK(vit.stages() == 4);
  for (std::int64_t cut = 0; cut <= vit.stages(); ++cut) {
    const auto between = vit.run(bound, images, 0, cut, nullptr);
    CHECK(at::equal(vit.run(bound, between, cut, vit.stages(), nullptr), whole));
  }
  CHECK(vit.run(bound, images, 0, 1, nullptr).sizes() == at::IntArrayRef({2, kBatch, 5, 12}));
  CHECK(vit.run(bound, images, 0, 2, nullptr).sizes() == at::IntArrayRef({2, kBatch, 5, 12}));
  CHECK(vit.run(bound, images, 0, 3, nullptr).sizes() == at::IntArrayRef({2, kBatch, 12}));
}

TEST_CASE("each tensor has the first stage that uses it") {
  const Vit vit(small::shape());
  const auto specs = tensors_of(small::shape());
  CHECK(vit.stage_of(specs[0]) == 0);
  CHECK(vit.stage_of(specs[3]) == 0);
  CHECK(vit.stage_of(specs[4]) == 1);
  CHECK(vit.stage_of(specs[27]) == 2);
  CHECK(vit.stage_of(specs[28]) == 3);
  CHECK(vit.stage_of(specs[31]) == 3);
  CHECK(vit.stage_of(
            {.name = "blocks.1.prefix.up.bias", .shape = {24}, .role = "module", .block = 1, .module = "prefix", .init = {}}) == 2);
}

TEST_CASE("modules that change nothing change nothing, whether they look behind the attention or not") {
  at::manual_seed(3);
  const Vit vit(small::shape());
  const auto bound = draw([](std::size_t) { return 1; });
  const auto images = draw_images(2);
  Nothing nothing;
  nothing.looks_behind = GENERATE(true, false);
  check_same(vit.forward(bound, images, &nothing), vit.forward(bound, images, nullptr), bound);
}

TEST_CASE("after_linear sees the four layers of each block, their inputs and outputs") {
  struct Watch : Nothing {
    mutable std::vector<std::string> seen;
    at::Tensor after_linear(std::int64_t block, int layer, const Bound& bound, const at::Tensor& x, at::Tensor y) const override {
      const std::size_t weight = 4 + 12 * block + std::vector<int>{2, 4, 8, 10}[layer];
      CHECK(near(y, linear(x, bound[weight], bound[weight + 1])));
      seen.push_back(std::to_string(block) + "." + std::to_string(layer));
      return y * 2;
    }
  } watch;
  const Vit vit(small::shape());
  auto bound = draw([](std::size_t) { return 1; });
  const auto images = draw_images(1);
  const auto found = vit.forward(bound, images, &watch);
  CHECK(watch.seen == std::vector<std::string>{"0.0", "0.1", "0.2", "0.3", "1.0", "1.1", "1.2", "1.3"});
  at::NoGradGuard no_gradients;
  for (const std::size_t weight : {6, 8, 12, 14, 18, 20, 24, 26}) {
    bound[weight].mul_(2);
    bound[weight + 1].mul_(2);
  }
  CHECK(near(found, vit.forward(bound, images, nullptr)));
}

TEST_CASE("keys_values sees the attention's input, and may change and lengthen keys and values") {
  struct Longer : Nothing {
    std::int64_t added = 0;
    void keys_values(std::int64_t block, const Bound& bound, const at::Tensor& z, at::Tensor& keys,
                     at::Tensor& values) const override {
      const std::size_t weight = 6 + 12 * block;
      const auto qkv = linear(z, bound[weight], bound[weight + 1]).chunk(3, -1);
      CHECK(near(keys, qkv[1]));
      CHECK(near(values, qkv[2]));
      // Each key and value once more: softmax gives both halves the same weights, so nothing changes.
      for (std::int64_t i = 0; i < added; ++i) {
        keys = at::cat({keys, qkv[1]}, 2);
        values = at::cat({values, qkv[2]}, 2);
      }
    }
  } longer;
  longer.added = GENERATE(0, 1, 2);
  longer.looks_behind = GENERATE(true, false);
  const Vit vit(small::shape());
  const auto bound = draw([](std::size_t) { return 2; });
  const auto images = draw_images(2);
  CHECK(near(vit.forward(bound, images, &longer), vit.forward(bound, images, nullptr)));
}

TEST_CASE("tokens stand in their block only, and reach the class token through it") {
  struct Prompts : Nothing {
    at::Tensor prompts;
    std::int64_t where = 0;
    mutable std::vector<std::int64_t> lengths;
    std::vector<AddedTokens> tokens(std::int64_t block, const Bound&) const override {
      if (block != where) return {};
      return {{prompts}};
    }
    at::Tensor after_mlp(std::int64_t, const Bound&, at::Tensor x) const override {
      lengths.push_back(x.size(2));
      return x;
    }
  } modules;
  modules.where = GENERATE(0, 1);
  modules.prompts = at::randn({GENERATE(1, 2), GENERATE(1, kBatch), 3, 12}, at::kDouble).requires_grad_();
  const Vit vit(small::shape());
  const auto bound = draw([](std::size_t) { return 2; });
  const auto images = draw_images(2);
  const auto found = vit.forward(bound, images, &modules);
  CHECK(modules.lengths == (modules.where == 0 ? std::vector<std::int64_t>{8, 5} : std::vector<std::int64_t>{5, 8}));
  CHECK_FALSE(near(found, vit.forward(bound, images, nullptr)));
  CHECK(torch::autograd::grad({found.sum()}, {modules.prompts})[0].abs().min().item<double>() > 0);

  modules.looks_behind = false;
  CHECK(near(found, vit.forward(bound, images, &modules)));
}

TEST_CASE("tokens that stay go through all blocks from theirs on, before those that pass") {
  struct Prompts : Nothing {
    at::Tensor staying, passing;
    std::int64_t where = 0;
    std::vector<AddedTokens> tokens(std::int64_t block, const Bound&) const override {
      std::vector<AddedTokens> all;
      if (passing.defined()) all.push_back({passing});
      if (block == where) all.push_back({staying, true});
      return all;
    }
  } modules;
  modules.where = GENERATE(0, 1);
  modules.staying = at::randn({GENERATE(1, 2), 1, 3, 12}, at::kDouble);
  modules.passing = GENERATE(false, true) ? at::randn({1, kBatch, 2, 12}, at::kDouble) : at::Tensor();
  const Vit vit(small::shape());
  const auto bound = draw([](std::size_t) { return 2; });
  const auto images = draw_images(2);
  // The same by hand: a block is one of a ViT whose activations already have the tokens.
  const auto with = [&](const at::Tensor& x, const at::Tensor& more) {
    return more.defined() ? at::cat({x, more.expand({2, kBatch, -1, 12})}, 2) : x;
  };
  Nothing nothing;
  auto x = vit.run(bound, images, 0, 1, nullptr);
  for (std::int64_t block = 0; block < 2; ++block) {
    if (block == modules.where) x = with(x, modules.staying);
    const auto length = x.size(2);
    CHECK(length == (block >= modules.where ? 8 : 5));
    x = vit.run(bound, with(x, modules.passing), block + 1, block + 2, &nothing);
    if (block == 0) x = x.narrow(2, 0, length);
  }
  const auto expected = vit.run(bound, x, 3, 4, nullptr);
  CHECK(near(vit.forward(bound, images, &modules), expected));
  for (std::int64_t cut = 0; cut <= vit.stages(); ++cut) {
    const auto between = vit.run(bound, images, 0, cut, &modules);
    CHECK(near(vit.run(bound, between, cut, vit.stages(), &modules), expected));
  }
}

TEST_CASE("after_mlp has the residual stream of each block") {
  struct Scale : Nothing {
    at::Tensor after_mlp(std::int64_t block, const Bound&, at::Tensor x) const override { return block == 1 ? x * 3 : x; }
  } scale;
  const Vit vit(small::shape());
  const auto bound = draw([](std::size_t) { return 1; });
  const auto images = draw_images(1);
  CHECK(near(vit.run(bound, images, 0, 3, &scale), 3 * vit.run(bound, images, 0, 3, nullptr)));
}
