// Which client owns which sample: the rules that draw a split. One owner a sample, so that each belongs to exactly one client.
#pragma once
#include <cstdint>
#include <vector>

#include "core/manifest/manifest.hpp"

namespace graft::core {

// [N] owners in 0 .. data.clients - 1 by data.split (iid or dirichlet), for samples with these labels in 0 .. classes - 1.
// Exit 4 where data.min_samples cannot be met.
std::vector<std::int64_t> draw_owners(const Manifest& manifest, const std::vector<std::int64_t>& labels, std::int64_t classes);

// Shuffled; clients' sizes differ by at most one.
std::vector<std::int64_t> iid_owners(const Manifest& manifest, std::int64_t samples);

// Each class is cut at the cumulative sums of Dir(alpha) over the clients that hold less than their even share; the whole draw is
// repeated, a bounded number of times, until the smallest client has data.min_samples.
std::vector<std::int64_t> dirichlet_owners(const Manifest& manifest, const std::vector<std::int64_t>& labels, std::int64_t classes);

}  // namespace graft::core
