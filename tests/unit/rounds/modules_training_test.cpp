// LoRA and prompts against plain loops (specs.md, 4.2), lanes of modules, and modules on a trunk that is fixed: in double, on
// ViT-nano.
#include <ATen/core/grad_mode.h>
#include <ATen/record_function.h>
#include <torch/csrc/autograd/autograd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include <numeric>

#include "core/backbone/safetensors.hpp"
#include "core/rounds/evaluate.hpp"
#include "tests/unit/rounds/modules.hpp"

using namespace graft::core;
using namespace graft::core::nano;

namespace {

std::size_t place_of_tensor(const Federation& federation, const std::string& name) {
  const auto& entries = federation.model.catalog.entries;
  const auto named = [&](const Entry& entry) { return entry.spec.name == name; };
  const auto found = std::find_if(entries.begin(), entries.end(), named);
  REQUIRE(found != entries.end());
  return std::size_t(found - entries.begin());
}

thread_local std::int64_t inner_dimension = 0, products = 0;  // a callback takes no argument of ours

std::unique_ptr<at::ObserverContext> count_products(const at::RecordFunction& call) {
  const std::string name = call.name();
  const std::size_t left = name == "aten::mm" ? 0 : 1;
  if (name != "aten::mm" && name != "aten::addmm") return nullptr;
  products += call.inputs()[left].toTensor().size(-1) == inner_dimension;
  return nullptr;
}

// The products in a round of one step that sum over all tokens of its batch: those that make gradients of weights.
std::int64_t weight_gradients(const Set& overrides) {
  auto more = overrides;
  for (const auto* one : {"data.clients=1", "data.min_samples=0", "training.batch=1000"}) more.push_back(one);
  auto federation = nano::federation("fedavg", more);
  inner_dimension = 5 * std::int64_t(federation.split[0].train.size());
  products = 0;
  const auto handle =
      at::addThreadLocalCallback(at::RecordFunctionCallback(&count_products).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
  const Folder folder;
  run(federation, {folder.path, false, nullptr, {}});
  at::removeCallback(handle);
  return products;
}

}  // namespace

TEST_CASE("every module: one, two and three lanes agree", "[lanes]") {
  const auto modules = GENERATE(from_range(kModules));
  const auto in = [&](const char* lanes) { return nano::ran("fedperfix", {lanes, "training.epochs=2", with(modules)}); };
  const auto one = in("lanes=1"), two = in("lanes=2"), three = in("lanes=3");
  CHECK(difference(one, two) < kExact);
  CHECK(difference(one, three) < kExact);
}

TEST_CASE("every module: lanes with tensors of their own are models side by side", "[lanes]") {
  const auto federation = federation_of(GENERATE(from_range(kModules)));
  const auto bound = draw(federation, 3);
  const auto images = some_images(federation, 3);
  const auto together = forward(federation, bound, images);
  for (std::int64_t lane = 0; lane < 3; ++lane) {
    Bound alone;
    for (const auto& one : bound) alone.push_back(one.narrow(0, lane, 1));
    CHECK(gap(together.narrow(0, lane, 1), forward(federation, alone, images.narrow(0, lane, 1))) < kExact);
  }
}

TEST_CASE("lora: at the start nothing is changed, and it counts r (d_in + d_out)", "[identity]") {
  const auto federation = federation_of(R"({use="lora", rank=3, targets=["attn.qkv", "mlp.fc1"]})");
  Bound bound;
  for (const auto& entry : federation.model.catalog.entries) {
    bound.push_back(tensor(federation, entry.spec.name).view(entry.spec.shape).unsqueeze(0));
  }
  const auto images = some_images(federation);
  CHECK(gap(forward(federation, bound, images), plain(federation, bound, images)) == 0);
  std::int64_t count = 0;
  for (const auto i : places(federation, is_module)) count += federation.model.catalog.entries[i].spec.count();
  CHECK(count == 2 * 3 * ((16 + 48) + (16 + 64)));
}

TEST_CASE("lora: merged is unmerged, and can be taken back", "[identity]") {
  const auto federation = federation_of(R"({use="lora", rank=2, alpha=5, targets="*"})");
  const auto lanes = GENERATE(1, 2);
  auto bound = draw(federation, lanes);
  const auto images = some_images(federation, lanes);
  const auto unmerged = forward(federation, bound, images);
  const auto& modules = *federation.model.modules;
  const auto mergings = modules.mergings();
  CHECK(mergings.size() == 8);
  const auto weights = bound;
  for (const auto& merging : mergings) bound[merging.weight] = modules.merged(merging, weights);
  CHECK(gap(plain(federation, bound, images), unmerged) < kExact);
  CHECK(gap(plain(federation, weights, images), unmerged) > 1e-6);
  for (const auto i : places(federation, is_module)) {
    if (federation.model.catalog.entries[i].spec.name.ends_with(".b")) bound[i] = -bound[i];
  }
  for (const auto& merging : mergings) CHECK(gap(modules.merged(merging, bound), weights[merging.weight]) < 1e-14);
}

TEST_CASE("prompts against a plain loop: deep ones are dropped behind their block, shallow ones stay", "[identity]") {
  const bool deep = GENERATE(true, false);
  const auto federation = federation_of(deep ? R"({use="prompt", tokens=3})" : R"({use="prompt", tokens=3, deep=false})");
  const auto bound = draw(federation);
  const auto p = [&](const std::string& name) { return bound[place_of_tensor(federation, name)][0]; };
  const auto linear = [&](const at::Tensor& x, const std::string& name) {
    return at::linear(x, p(name + ".weight"), p(name + ".bias"));
  };
  const auto norm = [&](const at::Tensor& x, const std::string& name) {
    return at::layer_norm(x, {16}, p(name + ".weight"), p(name + ".bias"), 1e-6);
  };
  const auto images = some_images(federation);
  auto x = at::conv2d(images[0], p("patch_embed.proj.weight"), p("patch_embed.proj.bias"), 4).flatten(2).transpose(1, 2);
  x = at::cat({p("cls_token").expand({8, 1, 16}), x}, 1) + p("pos_embed");
  const auto add = [&](const std::string& block) { x = at::cat({x, p(block + ".prompt.tokens").expand({8, 3, 16})}, 1); };
  for (const std::string block : {"blocks.0", "blocks.1"}) {
    if (deep || block == "blocks.0") add(block);
    const auto qkv = linear(norm(x, block + ".norm1"), block + ".attn.qkv").view({8, -1, 3, 2, 8}).permute({2, 0, 3, 1, 4});
    const auto weights = at::softmax(at::matmul(qkv[0], qkv[1].transpose(-2, -1)) / std::sqrt(8.0), -1);
    x = x + linear(at::matmul(weights, qkv[2]).transpose(1, 2).reshape({8, -1, 16}), block + ".attn.proj");
    x = x + linear(at::gelu(linear(norm(x, block + ".norm2"), block + ".mlp.fc1")), block + ".mlp.fc2");
    if (deep) x = x.narrow(1, 0, 5);
  }
  const auto expected = linear(norm(x, "norm").select(1, 0), "head");
  CHECK(gap(forward(federation, bound, images)[0], expected) < kExact);
  const auto& vit = federation.model.vit;
  const auto* const injections = federation.model.injections();
  for (std::int64_t cut = 0; cut <= vit.stages(); ++cut) {
    const auto between = vit.run(bound, images, 0, cut, injections);
    CHECK(gap(vit.run(bound, between, cut, vit.stages(), injections)[0], expected) < kExact);
  }
}

TEST_CASE("every module: a phase that starts behind fixed blocks, on stored features, is plain SGD", "[identity]") {
  const auto modules = GENERATE(from_range(kModules));
  const Folder folder;
  const Set one = {"data.clients=1", "data.min_samples=0", "data.shuffle=false", "training.epochs=2",
                   "backbone.freeze=[\"blocks.0\", \"patch_embed\", \"pos_embed\", \"cls_token\"]"};
  auto more = one;
  {
    const auto drawn = federation_of(modules, one, "fedavg");
    NamedTensors weights;
    const auto bound = draw(drawn);
    for (std::size_t i = 0; i < bound.size(); ++i) weights[drawn.model.catalog.entries[i].spec.name] = bound[i][0];
    write_safetensors(folder.path / "weights.safetensors", weights);
    more.push_back("backbone.weights=\"" + (folder.path / "weights.safetensors").string() + "\"");
  }
  const auto start = federation_of(modules, more, "fedavg");
  Bound bound;
  for (const auto& entry : start.model.catalog.entries) {
    bound.push_back(tensor(start, entry.spec.name).view(entry.spec.shape).unsqueeze(0).clone());
  }
  const auto trained = places(start, [](const Entry& entry) { return entry.where == Where::shared; });
  CHECK(trained.size() < bound.size());
  const auto& samples = start.split[0].train;
  for (std::size_t visit = 0; visit < 2 * samples.size();) {
    const auto first = visit % samples.size(), last = std::min(samples.size(), first + 8);
    const at::AutoGradMode on(true);
    std::vector<at::Tensor> leaves;
    for (const auto i : trained) leaves.push_back(bound[i] = bound[i].detach().requires_grad_(true));
    const auto loss = loss_of(start, bound, {samples.begin() + first, samples.begin() + last});
    const auto gradients = torch::autograd::grad({loss}, leaves, {}, {}, false, true);
    for (std::size_t n = 0; n < trained.size(); ++n) {
      if (gradients[n].defined()) bound[trained[n]] = (leaves[n] - 0.1 * gradients[n]).detach();
    }
    visit += last - first;
  }
  more.push_back(with(modules));
  const auto end = nano::ran("fedavg", more);
  for (std::size_t i = 0; i < bound.size(); ++i) {
    INFO(end.model.catalog.entries[i].spec.name);
    CHECK(gap(bound[i].detach().flatten(), tensor(end, end.model.catalog.entries[i].spec.name)) < kExact);
  }
}

TEST_CASE("modules on a frozen trunk: of what is not trained there is one copy, and no gradient", "[frozen]") {
  const Set frozen = {"backbone.freeze=[\"!(head | module)\"]", "training.optimizer.momentum=0.9"};
  const auto federation = federation_of(R"({use="lora", rank=2})", frozen);
  const auto& catalog = federation.model.catalog;
  std::int64_t trained = 0;
  for (const auto& [spec, where, offset] : catalog.entries) {
    const bool own = spec.role == "head" || spec.role == "module";
    CHECK(where == (own ? Where::personal : Where::frozen));
    if (own) trained += spec.count();
  }
  CHECK(trained == 2 * 2 * (16 + 48) + 4 * 16 + 4);
  CHECK(federation.frozen.sizes() == at::IntArrayRef({1, catalog.frozen}));
  CHECK(federation.store.row("", 0).numel() == trained);
  const auto turn = start_turn(federation, {0, 1, 2}, 0);
  CHECK(turn.full_rows().numel() == 3 * trained);  // what a gradient and an optimizer's state are as large as
}

TEST_CASE("modules on a frozen trunk: no gradient of a weight is made that nobody descends along", "[frozen]") {
  CHECK(weight_gradients({}) == 4 + 1);  // in the last block only qkv sees all tokens
  const std::string frozen = "backbone.freeze=[\"!(head | module)\"]";
  CHECK(weight_gradients({with(R"({use="lora", rank=2})"), frozen}) == 2 * 2);
  CHECK(weight_gradients({with(R"({use="lora", rank=2, targets="blocks.1.attn.qkv"})"), frozen}) == 2);
  CHECK(weight_gradients({"backbone.freeze=[\"!(*.bias | head)\"]"}) == 0);
}
