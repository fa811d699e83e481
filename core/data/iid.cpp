// The iid split.
#include <numeric>

#include "core/base/random.hpp"
#include "core/data/owners.hpp"

namespace graft::core {

std::vector<std::int64_t> iid_owners(const Manifest& manifest, std::int64_t samples) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(samples)), owners(order.size());
  std::iota(order.begin(), order.end(), 0);
  Random(manifest.seed, Purpose::split).shuffle(order);
  for (std::size_t i = 0; i < order.size(); ++i) owners[std::size_t(order[i])] = std::int64_t(i) % manifest.data.clients;
  return owners;
}

}  // namespace graft::core
