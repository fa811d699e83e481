// The split into shards of sorted labels, dealt at random: few classes a client.
#include <algorithm>
#include <numeric>

#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/data/owners.hpp"

namespace graft::core {

std::vector<std::int64_t> shards_owners(const Manifest& manifest, const std::vector<std::int64_t>& labels) {
  const auto& spec = manifest.data;
  const auto each = spec.split.classes_per_client, shards = spec.clients * each, samples = std::int64_t(labels.size());
  if (samples < shards) {
    throw error_at(place_of(manifest, "data.split.classes_per_client"),
                   many_text(spec.clients, "client") + " x " + many_text(each, "shard") + " needs " + count_text(double(shards)) +
                       " samples, the source has " + count_text(double(samples)),
                   Exit::data);
  }
  Random random(manifest.seed, Purpose::split);
  std::vector<std::int64_t> order(labels.size()), owner_of_shard(static_cast<std::size_t>(shards));
  std::iota(order.begin(), order.end(), 0);
  random.shuffle(order);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return labels[std::size_t(a)] < labels[std::size_t(b)]; });
  for (std::size_t shard = 0; shard < owner_of_shard.size(); ++shard) owner_of_shard[shard] = std::int64_t(shard) / each;
  random.shuffle(owner_of_shard);

  // The first so many shards have one sample more than the others.
  const auto size = samples / shards, larger = samples % shards;
  std::vector<std::int64_t> owners(labels.size());
  auto next = order.begin();
  for (std::int64_t shard = 0; shard < shards; ++shard) {
    const auto end = next + size + (shard < larger ? 1 : 0);
    for (; next != end; ++next) owners[std::size_t(*next)] = owner_of_shard[std::size_t(shard)];
  }
  return owners;
}

}  // namespace graft::core
