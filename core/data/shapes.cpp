// The procedural source: who gets which pictures, what a class looks like; every picture a pure function of (seed, sample, owner).
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "core/data/owners.hpp"
#include "core/data/scene.hpp"
#include "core/data/sources.hpp"
#include "core/data/words.hpp"

namespace graft::core {

constexpr std::int64_t kPicturesAtOnce = 4096;  // between two looks at the watch

Dataset draw_shapes(const Manifest& manifest, std::int64_t size, const Watch& watch) {
  Manifest counted = manifest;
  counted.data.clients = clients_of(manifest);
  counted.data.classes = classes_of(manifest);
  const DataSpec& spec = counted.data;
  const std::int64_t total = spec.samples * spec.clients;
  Dataset data = reserve({total, 3, size, size}, spec.classes);

  std::vector<std::int64_t> labels(static_cast<std::size_t>(total));
  for (std::int64_t i = 0; i < total; ++i) labels[std::size_t(i)] = i % spec.classes;
  data.labels.copy_(at::tensor(labels, at::kLong));

  if (spec.split.by == "file") {
    for (std::int64_t i = 0; i < total; ++i) data.users.push_back(i / spec.samples);
  } else {
    data.users = draw_owners(counted, data);
  }
  const Words words(spec.classes);
  std::vector<Camera> cameras;
  for (std::uint64_t client = 0; client < std::uint64_t(spec.clients); ++client) {
    Random random(manifest.seed, Purpose::shapes, {0, client});
    cameras.push_back(draw_camera(random));
  }
  auto* bytes = data.images.mutable_data_ptr<unsigned char>();
  const auto draw = [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      Random random(manifest.seed, Purpose::shapes, {1, std::uint64_t(i)});
      const auto sample = std::size_t(i);
      draw_scene(words.of(labels[sample]), cameras[std::size_t(data.users[sample])], random, size, bytes + i * 3 * size * size);
    }
  };
  for (std::int64_t start = 0; start < total; start += kPicturesAtOnce) {
    watch.at("drawing shapes", start, total);
    at::parallel_for(start, std::min(total, start + kPicturesAtOnce), 16, draw);
  }
  return data;
}

}  // namespace graft::core
