// Domains, of samples and of clients.
#include "core/data/domains.hpp"

#include <ATen/ATen.h>

#include "core/base/text.hpp"

namespace graft::core {
namespace {

// The domain of all these samples, -1 where there are several or none.
std::int64_t one_domain(const Dataset& data, const ClientSamples& samples) {
  std::int64_t found = -1;
  for (const auto* list : {&samples.train, &samples.validation, &samples.test}) {
    for (const auto sample : *list) {
      const auto domain = data.domains[std::size_t(sample)];
      if (found >= 0 && found != domain) return -1;
      found = domain;
    }
  }
  return found;
}

}  // namespace

std::int64_t clients_by_domain(const Manifest& manifest, const std::vector<std::string>& names) {
  const auto& spec = manifest.data;
  const auto found = std::int64_t(names.size());
  const bool users = spec.split.by == "users";
  if (found == 0) {
    const std::string what = users ? "users" : "domains", folder = users ? "user" : "domain";
    throw error_at(place_of(manifest, "data.split.by"), "a split by \"" + spec.split.by + "\" needs a source with " + what +
                                                            ", found none: source = \"images\" has them in folders " + folder +
                                                            "/class/file");
  }
  if (users && manifest.places.count("data.clients") > 0 && spec.clients != found) {
    throw error_at(place_of(manifest, "data.clients"), "data.clients is " + count_text(double(spec.clients)) +
                                                           ", but the source has " + many_text(found, "user") +
                                                           "; without the key each of them is a client");
  }
  if (!users && spec.clients % found != 0) {
    throw error_at(place_of(manifest, "data.clients"),
                   many_text(spec.clients, "client") + " cannot be divided evenly over the source's " + many_text(found, "domain") +
                       " (" + joined(names) + "), expected a multiple of " + std::to_string(found));
  }
  return users ? found : spec.clients;
}

std::vector<std::string> client_domains(const Dataset& data, const Split& split) {
  std::vector<std::string> domains(split.size());
  for (std::size_t client = 0; client < split.size() && !data.domains.empty(); ++client) {
    const auto domain = one_domain(data, split[client]);
    if (domain >= 0) domains[client] = data.domain_names[std::size_t(domain)];
  }
  return domains;
}

std::vector<std::int64_t> labels_of(const Dataset& data) {
  const at::Tensor stored = data.labels.cpu().contiguous();
  const auto* first = stored.const_data_ptr<std::int64_t>();
  return {first, first + stored.numel()};
}

}  // namespace graft::core
