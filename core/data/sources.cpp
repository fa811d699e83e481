// Chooses the source that a manifest names, and knows its facts.
#include "core/data/sources.hpp"

#include <ATen/ATen.h>

#include "core/base/shape_text.hpp"
#include "core/base/text.hpp"
#include "core/data/domains.hpp"

namespace graft::core {

namespace {

Dataset loaded(const Manifest& manifest, std::int64_t size, const Watch& watch) {
  const std::string& source = manifest.data.source;
  if (source == "shapes") return draw_shapes(manifest, size, watch);
  if (source == "idx") return load_idx(manifest, watch);
  if (source == "medmnist") return load_medmnist(manifest, watch);
  if (source == "images") return load_images(manifest, size, watch);
  return load_cifar(manifest);
}

// data.classes where it is given; fewer than the source has is an error.
Dataset with_classes(const Manifest& manifest, Dataset data) {
  const auto wanted = manifest.data.classes;
  if (wanted == 0) return data;
  if (wanted < data.classes) {
    throw error_at(place_of(manifest, "data.classes"), "data.classes is " + std::to_string(wanted) + ", but the source has " +
                                                           std::to_string(data.classes) + " classes");
  }
  data.classes = wanted;
  return data;
}

}  // namespace

std::int64_t classes_of(const Manifest& manifest) {
  const DataSpec& spec = manifest.data;
  if (spec.classes > 0) return spec.classes;
  if (spec.source == "shapes") return 12;
  if (spec.source == "idx") return idx_classes(manifest);
  if (spec.source == "medmnist") return medmnist_classes(manifest);
  if (spec.source == "images") return images_classes(manifest);
  if (spec.source == "cifar10") return 10;
  return spec.labels == "coarse" ? 20 : 100;
}

std::vector<std::string> domain_names_of(const Manifest& manifest) {
  return manifest.data.source == "images" ? images_domains(manifest) : std::vector<std::string>();
}

Dataset load_dataset(const Manifest& manifest, std::int64_t size, const Watch& watch) {
  Dataset data = loaded(manifest, size, watch);
  watch.at("reading samples", data.samples(), data.samples());
  return with_classes(manifest, std::move(data));
}

Dataset load_labels(const Manifest& manifest, const Watch& watch) {
  constexpr std::int64_t kSmallest = 1;  // at which pictures of shapes cost next to nothing
  const bool named = manifest.data.source == "images";
  return with_classes(manifest, named ? label_images(manifest) : loaded(manifest, kSmallest, watch));
}

Dataset reserve(at::IntArrayRef shape, std::int64_t classes) {
  Dataset data;
  data.classes = classes;
  try {
    data.images = at::empty(shape, at::kByte);
    data.labels = at::empty({shape[0]}, at::kLong);
  } catch (const std::exception&) {  // LibTorch's text carries a backtrace
    double bytes = 1;
    for (const auto side : shape) bytes *= double(side);
    throw Error(Exit::failed, "no memory for images " + shape_text(shape) + ", " + bytes_text(bytes));
  }
  return data;
}

}  // namespace graft::core
