// Draws edges, weighs them and mixes rows of the store.
#include "core/rounds/gossip.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/base/random.hpp"

namespace graft::core {

namespace {

// Of those whom a client hears, from itself, modulo the clients.
std::vector<std::int64_t> offsets_of(Graph graph, std::int64_t clients) {
  std::vector<std::int64_t> offsets;
  const auto both_ways = [&](std::int64_t offset) { offsets.insert(offsets.end(), {offset, clients - offset % clients}); };
  if (graph == Graph::ring || graph == Graph::grid) both_ways(1);
  if (graph == Graph::grid) both_ways(std::int64_t(std::sqrt(double(clients))));
  for (std::int64_t power = 1; graph == Graph::exponential && power < clients; power *= 2) offsets.push_back(power);
  for (std::int64_t offset = 1; graph == Graph::full && offset < clients; ++offset) offsets.push_back(offset);
  return offsets;
}

// As many draws as there are neighbours (Floyd's sampling, in R. Bentley, Comm. ACM 30, 1987), however many clients there are.
std::set<std::int64_t> drawn(const Gossip& gossip, std::int64_t clients, std::uint64_t seed, std::int64_t round,
                             std::int64_t client) {
  if (gossip.neighbours == 0 || clients < 2) return {};
  const auto count = std::clamp<std::int64_t>(std::llround(gossip.neighbours * double(clients)), 1, clients - 1);
  Random random(seed, Purpose::gossip, {std::uint64_t(round), std::uint64_t(client)});
  const auto at = [client](std::int64_t place) { return place < client ? place : place + 1; };  // among the others
  std::set<std::int64_t> others;
  for (auto last = clients - 1 - count; last < clients - 1; ++last) {
    const auto other = at(std::int64_t(random.below(std::uint64_t(last) + 1)));
    if (!others.insert(other).second) others.insert(at(last));
  }
  return others;
}

}  // namespace

std::set<std::int64_t> Edges::of(std::int64_t client) const {
  if (!both_ways.empty()) return both_ways[std::size_t(client)];
  if (gossip.graph == Graph::random) return drawn(gossip, clients, seed, round, client);
  std::set<std::int64_t> others;
  for (const auto offset : offsets_of(gossip.graph, clients)) {
    others.insert((client + offset) % clients);
    if (gossip.metropolis) others.insert((client + clients - offset % clients) % clients);
  }
  others.erase(client);
  return others;
}

double Edges::mean_degree() const {
  if (both_ways.empty()) return double(of(0).size());  // then all hear equally many
  std::size_t all = 0;
  for (const auto& one : both_ways) all += one.size();
  return double(all) / double(clients);
}

Edges edges_of(const Gossip& gossip, std::int64_t clients, std::uint64_t seed, std::int64_t round) {
  Edges edges{gossip, clients, seed, round};
  if (gossip.graph != Graph::random || !gossip.metropolis) return edges;
  std::vector<std::set<std::int64_t>> both_ways(static_cast<std::size_t>(clients));
  for (std::int64_t i = 0; i < clients; ++i) {
    for (const auto other : edges.of(i)) {
      both_ways[std::size_t(i)].insert(other);
      both_ways[std::size_t(other)].insert(i);
    }
  }
  edges.both_ways = std::move(both_ways);
  return edges;
}

Edges edges_of(const Federation& federation, std::int64_t round) {
  return edges_of(federation.model.plan.gossip, federation.clients(), federation.manifest.seed, round);
}

std::vector<Heard> heard_by(const Edges& edges, std::int64_t client) {
  const auto others = edges.of(client);
  std::vector<Heard> heard;
  double rest = 1;
  for (const auto other : others) {
    // In the other graphs all clients hear equally many.
    const auto theirs = edges.both_ways.empty() ? 0 : edges.both_ways[std::size_t(other)].size();
    heard.push_back({other, 1 / (1 + double(std::max(others.size(), theirs)))});
    rest -= heard.back().weight;
  }
  heard.push_back({client, rest});
  std::sort(heard.begin(), heard.end(), [](const Heard& a, const Heard& b) { return a.client < b.client; });
  return heard;
}

at::Tensor mixed(const Federation& federation, const Edges& edges, const std::vector<std::int64_t>& clients) {
  const auto shared = federation.model.catalog.shared;
  std::vector<at::Tensor> mixtures;
  for (const auto client : clients) {
    auto sum = at::zeros({shared}, at::kDouble);
    for (const auto& [other, weight] : heard_by(edges, client)) {
      sum.add_(federation.store.row("", other).narrow(0, 0, shared).to(at::kDouble), weight);
    }
    mixtures.push_back(sum.to(federation.dtype));
  }
  return at::stack(mixtures).to(federation.device);
}

Store newcomers(const Federation& federation) {
  auto initial = federation.store.initial();
  const auto shared = federation.model.catalog.shared;
  if (!federation.model.plan.gossips() || federation.store.rows().empty()) return Store(std::move(initial));
  auto sum = at::zeros({shared}, at::kDouble);
  for (const auto& [client, rows] : federation.store.rows()) sum.add_(rows.at("").narrow(0, 0, shared).to(at::kDouble));
  initial[""] = initial.at("").clone();
  initial.at("").narrow(0, 0, shared).copy_(sum / double(federation.store.rows().size()));
  return Store(std::move(initial));
}

}  // namespace graft::core
