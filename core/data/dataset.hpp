// Samples as bytes, decoded once; and which of them belong to which client.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/manifest/manifest.hpp"

namespace graft::core {

struct Dataset {
  at::Tensor images;  // uint8 [N, C, H, W]
  at::Tensor labels;  // int64 [N]
  std::int64_t classes = 0;
  std::vector<std::int64_t> users;  // shapes: the client for which a sample was drawn; else empty
};

struct SourceFacts {                     // what is known of a source without reading it
  std::int64_t classes, channels, size;  // size: 0 where it is drawn at the backbone's size
};
SourceFacts facts_of(const DataSpec& spec);

struct ClientSamples {
  std::vector<std::int64_t> train, test;  // indices into the dataset: training file first, then test
};
using Split = std::vector<ClientSamples>;

// How many clients the manifest means: data.clients, or as many as the split file holds where data.clients is not given.
std::int64_t clients_of(const Manifest& manifest);

// Loads or draws the samples: exit 4 and one line naming file and offset for what is missing, truncated, empty or out of range.
// `size`: the backbone's image size, at which shapes are drawn.
Dataset load_dataset(const Manifest& manifest, std::int64_t size);

// Divides the samples over the clients, then each client's into training and test; a client may be left without either, which is
// logged. Lists are in stored order, or as the split file has them. Exit 4 with the reason where it cannot be done.
Split split_dataset(const Manifest& manifest, const Dataset& data);

}  // namespace graft::core
