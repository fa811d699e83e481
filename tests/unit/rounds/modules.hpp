// What the tests of modules share: every module in every mode, on ViT-nano, and forward passes with it and without.
#pragma once
#include <functional>

#include "tests/unit/rounds/identities.hpp"

namespace graft::core::nano {

// Every module, in every mode.
inline const Set kModules = {R"({use="prefix", bottleneck=4})",
                             R"({use="prefix", bottleneck=4, mode="concat"})",
                             R"({use="prefix", mode="linear"})",
                             R"({use="prefix", mode="tokens", tokens=3})",
                             R"({use="adapter", bottleneck=4})",
                             R"({use="prompt", tokens=3})",
                             R"({use="prompt", tokens=3, deep=false})",
                             R"({use="lora", rank=2, alpha=3})",
                             R"({use="lora", rank=2, alpha=3, targets=["attn", "blocks.-1.mlp.*"]})",
                             R"({use="prompt", tokens=2, deep=false}, {use="lora", rank=2, alpha=3, targets="*"}, )"
                             R"({use="prefix", bottleneck=4, mode="concat"}, {use="adapter", bottleneck=4})"};

inline std::string with(const std::string& modules) { return "modules=[" + modules + "]"; }

inline Federation federation_of(const std::string& modules, Set more = {}, const std::string& strategy = "fedperfix") {
  more.push_back(with(modules));
  return federation(strategy, more);
}

// A model's parameters, of so many lanes each, away from where they start: some start at zero.
inline Bound draw(const Federation& federation, std::int64_t lanes = 1) {
  at::manual_seed(5);
  Bound bound;
  for (const auto& entry : federation.model.catalog.entries) {
    auto sizes = entry.spec.shape;
    sizes.insert(sizes.begin(), lanes);
    bound.push_back(tensor(federation, entry.spec.name).view(entry.spec.shape) + 0.2 * at::randn(sizes, at::kDouble));
  }
  return bound;
}

inline at::Tensor some_images(const Federation& federation, std::int64_t lanes = 1) {
  return images(federation.data, at::arange(8 * lanes, at::kLong), federation.images).unflatten(0, {lanes, 8});
}

inline at::Tensor forward(const Federation& federation, const Bound& bound, const at::Tensor& images) {
  return federation.model.vit.forward(bound, images, federation.model.injections());
}

// The backbone alone: its tensors stand first.
inline at::Tensor plain(const Federation& federation, const Bound& bound, const at::Tensor& images) {
  return federation.model.vit.forward(bound, images, nullptr);
}

inline std::vector<std::size_t> places(const Federation& federation, const std::function<bool(const Entry&)>& chosen) {
  std::vector<std::size_t> found;
  const auto& entries = federation.model.catalog.entries;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (chosen(entries[i])) found.push_back(i);
  }
  return found;
}

inline bool is_module(const Entry& entry) { return entry.spec.role == "module"; }

}  // namespace graft::core::nano
