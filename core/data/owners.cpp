// Chooses the rule that a manifest names.
#include "core/data/owners.hpp"

#include <ATen/ATen.h>

#include "core/base/text.hpp"
#include "core/data/domains.hpp"

namespace graft::core {

void check_enough(const Manifest& manifest, std::int64_t samples, std::int64_t clients, const std::string& where) {
  const auto least = manifest.data.min_samples;
  if (least <= samples / clients) return;
  throw error_at(place_of(manifest, "data.min_samples"),
                 "min_samples = " + count_text(double(least)) + " x " + many_text(clients, "client") + " needs " +
                     count_text(double(least) * double(clients)) + " samples" + where + ", there are " +
                     count_text(double(samples)),
                 Exit::data);
}

std::vector<std::int64_t> draw_owners(const Manifest& manifest, const Dataset& data) {
  const DataSpec& spec = manifest.data;
  if (spec.split.by == "users") {
    clients_by_domain(manifest, data.domain_names);
    return data.domains;
  }
  const auto labels = labels_of(data);
  if (spec.split.by == "domain") return domain_owners(manifest, labels, data);
  check_enough(manifest, data.samples(), spec.clients, "");
  if (spec.split.by == "iid") return iid_owners(manifest, data.samples());
  if (spec.split.by == "shards") return shards_owners(manifest, labels);
  return dirichlet_owners(manifest, {labels, data.classes, spec.clients});
}

}  // namespace graft::core
