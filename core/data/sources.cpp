// Chooses the source that a manifest names, and knows its facts.
#include "core/data/sources.hpp"

#include <ATen/ATen.h>

#include "core/base/text.hpp"

namespace graft::core {

SourceFacts facts_of(const DataSpec& spec) {
  if (spec.source == "shapes") return {spec.classes, 3, 0};
  if (spec.source == "cifar10") return {10, 3, 32};
  return {spec.labels == "coarse" ? 20 : 100, 3, 32};
}

Dataset load_dataset(const Manifest& manifest, std::int64_t size) {
  return manifest.data.source == "shapes" ? draw_shapes(manifest, size) : load_cifar(manifest);
}

Dataset reserve(std::int64_t samples, std::int64_t channels, std::int64_t size, std::int64_t classes) {
  Dataset data;
  data.classes = classes;
  try {
    data.images = at::empty({samples, channels, size, size}, at::kByte);
    data.labels = at::empty({samples}, at::kLong);
  } catch (const std::exception&) {  // LibTorch's text carries a backtrace
    const std::string side = std::to_string(size);
    const double bytes = double(samples) * double(channels) * double(size) * double(size);
    throw Error(Exit::failed,
                "no memory for " + count_text(double(samples)) + " images of " + side + " x " + side + ", " + bytes_text(bytes),
                "data.clients, data.samples and backbone.image_size say how many there are, and how large");
  }
  return data;
}

}  // namespace graft::core
