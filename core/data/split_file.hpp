// A split given as JSON: {"clients": [{"train": [0, 5, …], "test": [3, …]}, …]}, indices into the source's samples.
#pragma once
#include "core/data/dataset.hpp"

namespace graft::core {

// Indices in the order given. Exit 4 with file, client, position and value for what is no list of distinct indices below `samples`,
// or where the number of clients is not the data.clients that the manifest gives.
Split read_split_file(const Manifest& manifest, std::int64_t samples);

// How many clients the file holds.
std::int64_t clients_in_file(const Manifest& manifest);

}  // namespace graft::core
