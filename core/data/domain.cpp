// The split of clients over a source's domains, and inside each domain the balanced Dirichlet split.
#include "core/data/domains.hpp"
#include "core/data/owners.hpp"

namespace graft::core {

std::vector<std::int64_t> domain_owners(const Manifest& manifest, const std::vector<std::int64_t>& labels, const Dataset& data) {
  const auto domains = std::int64_t(data.domain_names.size());
  const auto each = clients_by_domain(manifest, data.domain_names) / domains;  // there are some, or it has thrown
  std::vector<std::int64_t> owners(labels.size());
  for (std::int64_t domain = 0; domain < domains; ++domain) {
    Pool pool{{}, data.classes, each, domain, " in domain '" + data.domain_names[std::size_t(domain)] + "'"};
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (data.domains[i] != domain) continue;
      members.push_back(i);
      pool.labels.push_back(labels[i]);
    }
    check_enough(manifest, std::int64_t(members.size()), each, pool.where);
    const auto inside = dirichlet_owners(manifest, pool);
    for (std::size_t i = 0; i < members.size(); ++i) owners[members[i]] = domain * each + inside[i];
  }
  return owners;
}

}  // namespace graft::core
