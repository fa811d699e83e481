// ViT-nano (specs.md, 0.4): the tiny federation on which the exact identities are checked, in double precision.
#pragma once
#include <ATen/ATen.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "core/rounds/rounds.hpp"
#include "tests/unit/support.hpp"

namespace graft::core::nano {

// 4 clients of unequal size, shapes of 8 x 8, patch 4, width 16, depth 2, heads 2, 4 classes, batch 8, one epoch.
inline std::string manifest(const std::string& strategy) {
  return R"(
seed = 3
rounds = 1
device = "cpu"
precision = "fp64"
[data]
source = "shapes"
classes = 4
samples = 40
clients = 4
split = { by = "dirichlet", alpha = 1.0 }
min_samples = 12
[backbone]
image_size = 8
patch_size = 4
width = 16
depth = 2
heads = 2
[training]
batch = 8
optimizer = { use = "sgd", lr = 0.1 }
[strategy]
use = ")" +
         strategy + "\"\n";
}

inline Federation federation(const std::string& strategy, const std::vector<std::string>& overrides = {}) {
  return found(parse_manifest(manifest(strategy), "nano.toml", std::filesystem::current_path(), overrides));
}

// Runs to the end and returns the state.
inline Federation ran(const std::string& strategy, const std::vector<std::string>& overrides = {}) {
  const Folder folder;
  auto made = federation(strategy, overrides);
  run(made, {folder.path, false, nullptr, {}});
  return made;
}

// A tensor of the server's, or of a client's, by timm's name.
inline at::Tensor tensor(const Federation& federation, const std::string& name, std::int64_t client = 0) {
  const auto& catalog = federation.model.catalog;
  for (const auto& entry : catalog.entries) {
    if (entry.spec.name != name) continue;
    const auto count = entry.spec.count();
    if (entry.where == Where::held) return federation.held[0].narrow(0, entry.offset, count);
    if (entry.where == Where::frozen) return federation.frozen[0].narrow(0, entry.offset, count);
    if (!catalog.own(entry)) return federation.server.shared[0].narrow(0, entry.offset, count);
    return federation.store.row("", client).narrow(0, entry.offset - catalog.first_own, count);
  }
  throw std::invalid_argument("no tensor is named " + name);
}

// The largest difference of any tensor that both models have, over all clients.
inline double difference(const Federation& a, const Federation& b) {
  double largest = 0;
  for (const auto& entry : a.model.catalog.entries) {
    const auto& others = b.model.catalog.entries;
    const auto same = [&](const Entry& other) { return other.spec.name == entry.spec.name; };
    if (std::none_of(others.begin(), others.end(), same)) continue;
    for (std::int64_t client = 0; client < a.clients(); ++client) {
      const auto gap = tensor(a, entry.spec.name, client) - tensor(b, entry.spec.name, client);
      largest = std::max(largest, gap.abs().max().item<double>());
    }
  }
  return largest;
}

}  // namespace graft::core::nano
