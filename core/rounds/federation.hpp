// Everything that a run holds: what is fixed, and the state that a round moves.
#pragma once
#include <ATen/core/Tensor.h>

#include "core/compose/compose.hpp"
#include "core/data/batches.hpp"
#include "core/data/dataset.hpp"
#include "core/rounds/store.hpp"

namespace graft::core {

struct ServerState {
  at::Tensor shared;            // [1, S]
  NamedRows served;             // [1, S] or [1, 1] each
  at::Tensor momentum, second;  // [1, S] of the server's optimizer, or undefined
};

struct Federation {
  Manifest manifest;
  Model model;
  Dataset data{};
  Split split{};
  ImageRule images{};
  at::Device device = at::kCPU;
  at::ScalarType dtype = at::kFloat;  // of client rows and activations
  std::int64_t lanes = 1;             // K
  at::Tensor held{}, frozen{};        // [1, H], [1, F]
  std::uint64_t initial_sum = 0;      // of the initial values of all tensors
  std::uint64_t data_sum = 0;         // of labels and split; 0 without data
  std::vector<std::string> said{};    // of plugins that stand twice, and of the given weights

  std::int64_t rounds_done = 0;
  ServerState server{};
  Store store{};

  std::int64_t clients() const { return static_cast<std::int64_t>(split.size()); }
};

// Loads data and plugins, draws or reads the initial model, and stands before round 0.
Federation found(const Manifest& manifest, const Watch& watch = {});

// The same with neither samples nor split: enough to read a checkpoint into.
Federation found_without_data(const Manifest& manifest);

// The same without initial values too: device, lanes, plugins and model, the manifest resolved.
Federation composed(const Manifest& manifest);

// Loads the samples that federation.manifest names and divides them over its clients.
void load_data(Federation& federation, const Watch& watch = {});

}  // namespace graft::core
