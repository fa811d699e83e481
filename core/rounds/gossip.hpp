// Federations without a server: who hears whom in a round, by what weights, and the mixture that a client begins its turn with.
#pragma once
#include <ATen/core/Tensor.h>

#include <set>
#include <vector>

#include "core/rounds/federation.hpp"

namespace graft::core {

// Who hears whom in a round. `ring`: i +- 1; `grid`: i +- 1 and i +- floor(sqrt(N)); `exponential`: i + 2^k below N (Assran et al.,
// ICML 2019), all modulo N; `random`: drawn anew each round, keyed by (seed, round, client). For Metropolis weights arrows are
// edges.
struct Edges {
  Gossip gossip{};
  std::int64_t clients = 0;
  std::uint64_t seed = 0;
  std::int64_t round = 0;
  std::vector<std::set<std::int64_t>> both_ways{};       // of all clients, where arrows that are drawn are edges
  std::set<std::int64_t> of(std::int64_t client) const;  // whom it hears, without itself
  double mean_degree() const;                            // over all clients
};
Edges edges_of(const Gossip& gossip, std::int64_t clients, std::uint64_t seed, std::int64_t round);
Edges edges_of(const Federation& federation, std::int64_t round);

struct Heard {
  std::int64_t client = 0;
  double weight = 0;
};

// What a client mixes, itself among it, ascending; the weights sum to 1: 1 / (degree + 1), or Metropolis', 1 / (1 + the larger
// degree of the two) and the rest for itself, which make the matrix doubly stochastic (Xiao, Boyd, Lall, IPSN 2005).
std::vector<Heard> heard_by(const Edges& edges, std::int64_t client);

// [K, S]: each client's mixture of the shared parts that the store has, streamed neighbour by neighbour, in double.
at::Tensor mixed(const Federation& federation, const Edges& edges, const std::vector<std::int64_t>& clients);

// The store for clients that no round has seen: the shared part of each is the mean of those that this run's clients ended with.
Store newcomers(const Federation& federation);

}  // namespace graft::core
