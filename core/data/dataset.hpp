// Samples as bytes, decoded once; and which of them belong to which client.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/watch.hpp"
#include "core/manifest/manifest.hpp"

namespace graft::core {

struct ImageFiles;  // core/data/image_files.hpp

struct Dataset {
  at::Tensor images;  // uint8 [N, C, H, W]; C = 1, grey, is shown to the model as three equal channels
  at::Tensor labels;  // int64 [N]
  std::int64_t classes = 0;
  std::vector<std::string> class_names;     // empty where the source has none
  std::vector<std::int64_t> domains;        // of each sample; empty where the source has none
  std::vector<std::string> domain_names;    // users, where they are the source's own
  std::vector<std::int64_t> users;          // shapes: the client for which a sample was drawn; else empty
  std::shared_ptr<const ImageFiles> files;  // set: too large for data.memory_gib, decoded for each batch; `images` is undefined
  std::int64_t samples() const { return labels.size(0); }
};

// data.classes where it is given, else as many as the source has: reads labels or names of folders, no images. Exit 4 as
// load_dataset.
std::int64_t classes_of(const Manifest& manifest);

struct ClientSamples {
  std::vector<std::int64_t> train, test, validation{};  // indices into the dataset: training file first, then test
};
using Split = std::vector<ClientSamples>;

// How many clients the manifest means: data.clients, or as many as the split file or the source's users where that is not given.
// Names of folders and the split file alone are read; exit 2 where a split by "domain" or "users" does not fit the source.
std::int64_t clients_of(const Manifest& manifest);

// Loads or draws the samples: exit 4 and one line naming file and offset for what is missing, truncated, empty or out of range.
// `size`: the backbone's image size, at which shapes are drawn, and to which files are resized as they are decoded.
Dataset load_dataset(const Manifest& manifest, std::int64_t size, const Watch& watch = {});

// The same for who wants no images: those of `images` are not looked at, so that broken ones are among the samples, and of `shapes`
// and `images` none are there that could be shown.
Dataset load_labels(const Manifest& manifest, const Watch& watch = {});

// Divides the samples over the clients, then each client's into training and test, then validation samples off those for training;
// a client may be left without samples to train with, or to be tested on, which is logged. Lists are in stored order, or as the
// split file has them. Exit 4 with the reason where it cannot be done.
Split split_dataset(const Manifest& manifest, const Dataset& data);

}  // namespace graft::core
