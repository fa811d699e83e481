// The exact identities of specs.md, 2.10, that are FedPerfix's own; those of every module stand in modules_test.cpp.
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/rounds/identities.hpp"

using namespace graft::core;
using namespace graft::core::nano;

TEST_CASE("fedperfix, 2.10 b: with an up-projection of zero it is the plain model", "[identity]") {
  const auto perfix = federation("fedperfix");
  const auto plain = federation("fedavg");
  Bound with, without;
  for (const auto& entry : perfix.model.catalog.entries) {
    auto sizes = entry.spec.shape;
    sizes.insert(sizes.begin(), 1);
    auto values = tensor(perfix, entry.spec.name).view(sizes).clone();
    if (entry.spec.name.find("prefix.up") != std::string::npos) values.zero_();
    with.push_back(values);
    if (entry.spec.role != "module") without.push_back(values);
  }
  const auto some = images(plain.data, at::arange(16, at::kLong), plain.images).unsqueeze(0);
  const auto a = perfix.model.vit.forward(with, some, perfix.model.injections());
  const auto b = plain.model.vit.forward(without, some, nullptr);
  CHECK((a - b).abs().max().item<double>() < kExact);
}

TEST_CASE("fedperfix, 2.10 e: it sends neither head nor prefix", "[identity]") {
  const auto federation = nano::federation("fedperfix");
  for (const auto& entry : federation.model.catalog.entries) {
    const bool own = entry.spec.role == "head" || entry.spec.role == "module";
    CHECK((entry.where == Where::personal) == own);
  }
}

TEST_CASE("fedperfix, 2.10 d: the prefix's gradients agree with finite differences", "[identity]") {
  const at::AutoGradMode on(true);
  const auto federation = nano::federation("fedperfix", {"modules=[{use=\"prefix\", bottleneck=4}]"});
  const auto index = at::arange(8, at::kLong);
  const auto some = images(federation.data, index, federation.images).unsqueeze(0);
  const auto labels = federation.data.labels.index_select(0, index);
  Bound bound;
  std::vector<std::size_t> prefixes;
  for (std::size_t i = 0; i < federation.model.catalog.entries.size(); ++i) {
    const auto& spec = federation.model.catalog.entries[i].spec;
    auto sizes = spec.shape;
    sizes.insert(sizes.begin(), 1);
    bound.push_back(tensor(federation, spec.name).view(sizes).clone().requires_grad_(spec.role == "module"));
    if (spec.role == "module") prefixes.push_back(i);
  }
  const auto loss = [&] {
    return at::cross_entropy_loss(federation.model.vit.forward(bound, some, federation.model.injections()).flatten(0, 1), labels);
  };
  for (const auto i : prefixes) {
    const auto gradient = torch::autograd::grad({loss()}, {bound[i]})[0];
    const at::NoGradGuard no_grad;
    const auto direction = at::randn_like(bound[i]);
    const double step = 1e-5;
    bound[i].add_(direction, step);
    const double above = loss().item<double>();
    bound[i].sub_(direction, 2 * step);
    const double below = loss().item<double>();
    bound[i].add_(direction, step);
    const double expected = (gradient * direction).sum().item<double>();
    CHECK(std::abs((above - below) / (2 * step) - expected) < 1e-7 * std::max(1.0, std::abs(expected)));
  }
}

TEST_CASE("fedperfix, 2.10 e: what ViT-S of 100 classes uploads, with the last block and without", "[identity]") {
  for (const auto& [last, scalars] : {std::pair{"0", 21'665'664}, std::pair{"1", 19'891'200}}) {
    const auto manifest = parse_manifest(
        "[data]\nsource = \"shapes\"\nclasses = 100\n[backbone]\npreset = \"vit_small_patch16_224\"\n"
        "[strategy]\nuse = \"fedperfix\"\nlast_blocks_personal = " +
            std::string(last) + "\n",
        "small.toml", ".", {});
    const auto model = compose(manifest, 100);
    CHECK(model.catalog.shared == scalars);
    std::int64_t adapters = 0;
    for (const auto& entry : model.catalog.entries) {
      const bool own = entry.spec.role == "head" || entry.spec.role == "module" || (*last == '1' && entry.spec.block == 11);
      CHECK(entry.where == (own ? Where::personal : Where::shared));
      adapters += entry.spec.role == "module" ? entry.spec.count() : 0;
    }
    CHECK(adapters == 12 * 295'936);
  }
}
