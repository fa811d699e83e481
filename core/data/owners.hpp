// Which client owns which sample: the rules that draw a split. One owner a sample, so that each belongs to exactly one client.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/data/dataset.hpp"

namespace graft::core {

// [N] owners by data.split (any rule but "file"), from labels and domains alone. Exit 4 where there are too few samples, exit 2
// where the rule does not fit the source.
std::vector<std::int64_t> draw_owners(const Manifest& manifest, const Dataset& data);

// Shuffled; clients' sizes differ by at most one.
std::vector<std::int64_t> iid_owners(const Manifest& manifest, std::int64_t samples);

// McMahan et al. 2017: the samples in the order of their labels, inside a class in an order that is drawn, cut into
// data.clients x classes_per_client shards whose sizes differ by at most one; each client is dealt classes_per_client of them.
std::vector<std::int64_t> shards_owners(const Manifest& manifest, const std::vector<std::int64_t>& labels);

struct Pool {  // samples to be divided over clients 0 .. clients - 1
  std::vector<std::int64_t> labels;
  std::int64_t classes, clients;
  std::int64_t domain = -1;  // that they are of: part of the draws' key
  std::string where{};       // " in domain 'Art'", for errors
};

// Each class is cut at the cumulative sums of Dir(alpha) over the clients that hold less than their even share; the whole draw is
// repeated, a bounded number of times, until the smallest client has data.min_samples.
std::vector<std::int64_t> dirichlet_owners(const Manifest& manifest, const Pool& pool);

// The same inside each domain; the clients are divided evenly over the domains, domain by domain.
std::vector<std::int64_t> domain_owners(const Manifest& manifest, const std::vector<std::int64_t>& labels, const Dataset& data);

// Exit 4 at data.min_samples where so many samples cannot give every client so many.
void check_enough(const Manifest& manifest, std::int64_t samples, std::int64_t clients, const std::string& where);

}  // namespace graft::core
