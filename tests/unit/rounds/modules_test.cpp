// The identities of specs.md, 2.10, of what prefixes and adapters compute, and what holds for every module: in double, on ViT-nano.
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "core/compose/costs.hpp"
#include "core/rounds/evaluate.hpp"
#include "core/rounds/hooks.hpp"
#include "tests/unit/rounds/modules.hpp"

using namespace graft::core;
using namespace graft::core::nano;

namespace {

// What keys_values makes of given keys and values in block 0.
struct Attended {
  at::Tensor z, q, k, v, keys, values;
};
Attended attended(const Federation& federation, const Bound& bound) {
  Attended it;
  const auto draw = [] { return at::randn({1, 6, 5, 16}, at::kDouble); };
  it.z = draw(), it.q = draw(), it.keys = it.k = draw(), it.values = it.v = draw();
  federation.model.modules->keys_values(0, bound, it.z, it.keys, it.values);
  return it;
}

}  // namespace

TEST_CASE("prefix, 2.10 a: with scale 0 the modes that add are the plain ViT, in training too", "[identity]") {
  const std::string mode = GENERATE("additive", "linear");
  const auto module = "{use=\"prefix\", bottleneck=4, scale=0.0, mode=\"" + mode + "\"}";
  const auto federation = federation_of(module);
  const auto bound = draw(federation);
  CHECK(gap(forward(federation, bound, some_images(federation)), plain(federation, bound, some_images(federation))) < kExact);
  const Set three = {"rounds=3", "training.optimizer.momentum=0.9"};
  const auto joint = nano::ran("fedrep", {three[0], three[1], "strategy.schedule=joint"});
  CHECK(difference(joint, nano::ran("fedperfix", {three[0], three[1], with(module)})) < kExact);
}

TEST_CASE("prefix, 2.10 b: started at zero, those that add are the plain ViT, those that stand beside are not", "[identity]") {
  const std::string mode = GENERATE("additive", "linear", "concat", "tokens");
  const auto federation = federation_of("{use=\"prefix\", bottleneck=4, start=\"zero\", mode=\"" + mode + "\"}");
  const auto shift = mode == "additive" || mode == "concat" ? 0.1 : 0.0;  // the first layer may be anywhere
  Bound bound;
  for (const auto& entry : federation.model.catalog.entries) {
    auto values = tensor(federation, entry.spec.name).view(entry.spec.shape).unsqueeze(0).clone();
    if (entry.spec.name.find(".down.") != std::string::npos) values.add_(shift);
    bound.push_back(values);
  }
  const auto images = some_images(federation);
  const auto apart = gap(forward(federation, bound, images), plain(federation, bound, images));
  const bool adds = mode == "additive" || mode == "linear";
  CHECK((adds ? apart < kExact : apart > 1e-6));  // zero keys attract softmax mass
}

TEST_CASE("prefix, 2.10 c: beside the keys, attention is a mixture of two attentions", "[identity]") {
  const std::string mode = GENERATE("concat", "tokens");
  const auto federation = federation_of("{use=\"prefix\", bottleneck=4, tokens=3, mode=\"" + mode + "\"}");
  const auto it = attended(federation, draw(federation));
  const auto length = it.keys.size(2) - 5;
  CHECK(length == (mode == "concat" ? 5 : 3));
  const auto heads = [](const at::Tensor& x) { return x[0].view({6, -1, 2, 8}).transpose(1, 2); };  // [B, heads, T, d / heads]
  const auto q = heads(it.q), k = heads(it.k), v = heads(it.v);
  const auto prefix_k = heads(it.keys.narrow(2, 0, length)), prefix_v = heads(it.values.narrow(2, 0, length));
  const auto logits = [&](const at::Tensor& keys) { return at::matmul(q, keys.transpose(-2, -1)) / std::sqrt(8.0); };
  const auto attention = [&](const at::Tensor& keys, const at::Tensor& values) {
    return at::matmul(at::softmax(logits(keys), -1), values);
  };
  const auto of_prefix = logits(prefix_k).exp().sum(-1, true), of_keys = logits(k).exp().sum(-1, true);
  const auto lambda = of_prefix / (of_prefix + of_keys);
  const auto mixture = (1 - lambda) * attention(k, v) + lambda * attention(prefix_k, prefix_v);
  CHECK(gap(attention(heads(it.keys), heads(it.values)), mixture) < kExact);
  const auto order = at::cat({at::randperm(length, at::kLong), at::arange(length, length + 5, at::kLong)});
  const auto another = [&](const at::Tensor& x) { return heads(x.index_select(2, order)); };
  CHECK(gap(attention(another(it.keys), another(it.values)), mixture) < kExact);  // the prefix's order means nothing
}

TEST_CASE("prefix, 2.10 f: beside the keys, the order of its tokens means nothing", "[identity]") {
  const auto federation = federation_of(R"({use="prefix", mode="tokens", tokens=4})");
  auto bound = draw(federation);
  const auto images = some_images(federation);
  const auto before = forward(federation, bound, images);
  const auto order = at::tensor({2, 0, 3, 1}, at::kLong);
  for (const auto i : places(federation, is_module)) bound[i] = bound[i].index_select(1, order);
  CHECK(gap(forward(federation, bound, images), before) < kExact);
}

TEST_CASE("every module, 2.10 d: gradients agree with finite differences", "[identity]") {
  const at::AutoGradMode on(true);
  const auto federation = federation_of(GENERATE(from_range(kModules)));
  auto bound = draw(federation);
  const auto modules = places(federation, is_module);
  const std::vector<std::int64_t> samples = {0, 1, 2, 3, 4, 5, 6, 7};
  for (const auto i : modules) bound[i].requires_grad_(true);
  std::vector<at::Tensor> leaves;
  for (const auto i : modules) leaves.push_back(bound[i]);
  const auto gradients = torch::autograd::grad({loss_of(federation, bound, samples)}, leaves);
  const at::NoGradGuard no_grad;
  for (std::size_t n = 0; n < modules.size(); ++n) {
    INFO(federation.model.catalog.entries[modules[n]].spec.name);
    const auto direction = at::randn_like(leaves[n]);
    const double h = 1e-5;
    leaves[n].add_(direction, h);
    const double above = loss_of(federation, bound, samples).item<double>();
    leaves[n].sub_(direction, 2 * h);
    const double below = loss_of(federation, bound, samples).item<double>();
    leaves[n].add_(direction, h);
    const double expected = (gradients[n] * direction).sum().item<double>();
    CHECK(std::abs((above - below) / (2 * h) - expected) < 1e-7 * std::max(1.0, std::abs(expected)));
    CHECK(gradients[n].abs().max().item<double>() > 1e-9);
  }
}

TEST_CASE("every module, 2.10 e: neither it nor the head is in an upload", "[identity]") {
  const auto federation = federation_of(GENERATE(from_range(kModules)));
  std::int64_t sent = 0;
  for (const auto& [spec, where, offset] : federation.model.catalog.entries) {
    const bool own = spec.role == "head" || spec.role == "module";
    CHECK((where == Where::personal) == own);
    if (!own) sent += spec.count();
  }
  auto turn = start_turn(federation, {0}, 0);
  const auto upload = call_upload(turn);
  CHECK(upload.size(1) == sent);
  CHECK(costs_of(federation.manifest, federation.model).upload == sent);
}

TEST_CASE("adapter, 2.10 g: the first step moves what is zero, the second all of it", "[identity]") {
  const auto federation = federation_of(R"({use="adapter", bottleneck=4})");
  Bound bound;
  for (const auto& entry : federation.model.catalog.entries) {
    bound.push_back(tensor(federation, entry.spec.name).view(entry.spec.shape).unsqueeze(0).clone());
  }
  CHECK(gap(forward(federation, bound, some_images(federation)), plain(federation, bound, some_images(federation))) < kExact);
  const auto modules = places(federation, is_module);
  for (int step = 1; step <= 2; ++step) {
    const at::AutoGradMode on(true);
    std::vector<at::Tensor> leaves;
    for (const auto i : modules) leaves.push_back(bound[i] = bound[i].detach().requires_grad_(true));
    const auto gradients = torch::autograd::grad({loss_of(federation, bound, {0, 1, 2, 3})}, leaves);
    for (std::size_t n = 0; n < modules.size(); ++n) {
      const bool down = federation.model.catalog.entries[modules[n]].spec.name.find(".down.") != std::string::npos;
      INFO("step " << step << ", " << federation.model.catalog.entries[modules[n]].spec.name);
      CHECK((gradients[n].abs().max().item<double>() > 0) == (step == 2 || !down));
      bound[modules[n]] = (leaves[n] - 0.5 * gradients[n]).detach();
    }
  }
}
