// The iid split, and the choice between the rules that draw one.
#include <numeric>

#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/data/owners.hpp"

namespace graft::core {

std::vector<std::int64_t> iid_owners(const Manifest& manifest, std::int64_t samples) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(samples)), owners(order.size());
  std::iota(order.begin(), order.end(), 0);
  Random(manifest.seed, Purpose::split).shuffle(order);
  for (std::size_t i = 0; i < order.size(); ++i) owners[std::size_t(order[i])] = std::int64_t(i) % manifest.data.clients;
  return owners;
}

std::vector<std::int64_t> draw_owners(const Manifest& manifest, const std::vector<std::int64_t>& labels, std::int64_t classes) {
  const DataSpec& spec = manifest.data;
  const auto samples = std::int64_t(labels.size());
  if (spec.min_samples > samples / spec.clients) {
    throw error_at(place_of(manifest, "data.min_samples"),
                   "min_samples = " + count_text(double(spec.min_samples)) + " x " + count_text(double(spec.clients)) +
                       " clients needs " + count_text(double(spec.min_samples) * double(spec.clients)) +
                       " samples, the source has " + count_text(double(samples)),
                   Exit::data);
  }
  return spec.split.by == "iid" ? iid_owners(manifest, samples) : dirichlet_owners(manifest, labels, classes);
}

}  // namespace graft::core
