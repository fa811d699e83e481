// Founds a federation: device, data, model and its initial values.
#include <ATen/ATen.h>

#include "core/backbone/safetensors.hpp"
#include "core/base/random.hpp"
#include "core/data/domains.hpp"
#include "core/rounds/federation.hpp"

namespace graft::core {

namespace {

at::Device device_of(const Manifest& manifest) {
  const bool cuda = at::hasCUDA();
  if (manifest.device == "auto") return cuda ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
  if (manifest.device == "cpu") return at::kCPU;
  if (!cuda) {
    throw error_at(place_of(manifest, "device"),
                   "device = \"" + manifest.device + R"(": this LibTorch sees no CUDA device; use "cpu" or "auto")");
  }
  return manifest.device == "cuda" ? at::Device(at::kCUDA, 0) : at::Device(manifest.device);
}

at::Tensor start_of(const Kept& row, const at::Tensor& initial, std::int64_t shared) {
  if (row.like == Like::scalar) return at::full({1}, row.value, initial.options());
  const auto first = row.like == Like::personal ? shared : 0;
  const auto end = row.like == Like::shared ? shared : initial.size(0);
  const auto part = initial.narrow(0, first, end - first);
  return row.start == Start::initial ? part.clone() : at::zeros_like(part);
}

// Of what says which samples there are and whose they are. Of the images only their number: reading them again takes long.
std::uint64_t sum_of(const Dataset& data, const Split& split) {
  std::string text;
  const auto add = [&text](const std::vector<std::int64_t>& numbers) {
    text.append(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(std::int64_t)).push_back(';');
  };
  add(labels_of(data));
  for (const auto& client : split) {
    add(client.train);
    add(client.test);
    add(client.validation);
  }
  return checksum(text);
}

void start_rows(Federation& federation) {
  const auto& catalog = federation.model.catalog;
  const auto initial = initial_rows(federation.manifest, federation.model, federation.dtype);
  federation.initial_sum = checksum({{"row", initial.row}, {"held", initial.held}, {"frozen", initial.frozen}});
  federation.said = choices_said(federation.manifest, federation.model);
  federation.said.insert(federation.said.end(), initial.said.begin(), initial.said.end());
  const auto& row = initial.row;
  federation.held = initial.held.to(federation.device);
  federation.frozen = initial.frozen.to(federation.device);
  federation.server.shared = row.narrow(0, 0, catalog.shared).unsqueeze(0).to(federation.device).clone();
  for (const auto& served : federation.model.plan.serves) {
    federation.server.served[served.name] = start_of(served, row, catalog.shared).unsqueeze(0).to(federation.device);
  }
  NamedRows own;
  own[""] = row.narrow(0, catalog.first_own, catalog.row - catalog.first_own).clone();
  for (const auto& kept : federation.model.plan.keeps) own[kept.name] = start_of(kept, row, catalog.shared);
  federation.store = Store(std::move(own));
}

}  // namespace

Federation composed(const Manifest& manifest) {
  Federation federation{.manifest = manifest, .model = compose(manifest, classes_of(manifest))};
  federation.manifest = resolved(manifest, federation.model);
  federation.device = device_of(manifest);
  federation.manifest.device = federation.device.str();
  federation.dtype = manifest.precision == "fp64" ? at::kDouble : at::kFloat;
  federation.lanes = manifest.lanes > 0 ? manifest.lanes : federation.device.is_cuda() ? 8 : 1;
  federation.manifest.lanes = federation.lanes;
  return federation;
}

void load_data(Federation& federation, const Watch& watch) {
  const auto& manifest = federation.manifest;
  const auto size = federation.model.vit.shape().image;
  clients_of(manifest);  // a split that does not fit the source is said before anything is decoded
  federation.data = load_dataset(manifest, size, watch);
  federation.split = split_dataset(manifest, federation.data);
  federation.data_sum = sum_of(federation.data, federation.split);
  if (federation.data.images.defined()) federation.data.images = federation.data.images.to(federation.device);
  const auto budget = std::int64_t(manifest.data.memory_gib * double(1 << 30));
  federation.data = resized(std::move(federation.data), size, budget, watch);
  federation.data.labels = federation.data.labels.to(federation.device);
  federation.images = image_rule(manifest, size, federation.dtype, federation.device);
}

Federation found(const Manifest& manifest, const Watch& watch) {
  auto federation = composed(manifest);
  load_data(federation, watch);
  start_rows(federation);
  return federation;
}

Federation found_without_data(const Manifest& manifest) {
  auto federation = composed(manifest);
  start_rows(federation);
  return federation;
}

}  // namespace graft::core
