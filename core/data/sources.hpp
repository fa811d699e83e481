// The sources that `load_dataset` chooses from.
#pragma once
#include "core/data/dataset.hpp"

namespace graft::core {

// CIFAR-10 and CIFAR-100 in their binary versions, from data.path or data.files.
Dataset load_cifar(const Manifest& manifest);

// A procedural problem: data.samples x data.clients pictures of size x size, each drawn for the client that owns it. Sample i has
// class i mod data.classes; its owner is drawn by the split's rule, and is i / data.samples where a file gives the split.
Dataset draw_shapes(const Manifest& manifest, std::int64_t size);

// A dataset with room for `samples` images [C, size, size], bytes not yet set; exit 5 where memory does not suffice.
Dataset reserve(std::int64_t samples, std::int64_t channels, std::int64_t size, std::int64_t classes);

}  // namespace graft::core
