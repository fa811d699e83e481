// Draws a round's cohort.
#include "core/rounds/sample.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace graft::core {

std::int64_t cohort_size(const Manifest& manifest, std::int64_t clients) {
  const auto& cohort = manifest.training.cohort;
  if (const auto* fraction = std::get_if<double>(&cohort)) {
    return std::max<std::int64_t>(1, std::llround(*fraction * double(clients)));
  }
  const auto wanted = std::get<std::int64_t>(cohort);
  if (wanted <= clients) return wanted;
  throw error_at(manifest.training.cohort_place,
                 "cohort = " + std::to_string(wanted) + ": there are only " + std::to_string(clients) + " clients");
}

std::vector<std::int64_t> sample_cohort(const Federation& federation, std::int64_t round) {
  std::vector<std::int64_t> clients(federation.split.size());
  std::iota(clients.begin(), clients.end(), 0);
  const auto size = static_cast<std::size_t>(cohort_size(federation.manifest, federation.clients()));
  if (size == clients.size()) return clients;
  Random(federation.manifest.seed, Purpose::cohort, {std::uint64_t(round)}).shuffle(clients);
  clients.resize(size);
  std::sort(clients.begin(), clients.end());
  return clients;
}

}  // namespace graft::core
