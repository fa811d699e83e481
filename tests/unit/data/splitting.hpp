// What the tests of splits share: sizes, and whether each sample is there once.
#pragma once
#include <algorithm>
#include <numeric>

#include "fixture.hpp"

namespace graft::core {

inline Manifest manifest_by(const std::string& by, std::int64_t clients) {
  Manifest manifest = manifest_of("cifar10");
  manifest.data.split.by = by;
  manifest.data.clients = clients;
  return manifest;
}

inline std::vector<std::int64_t> samples_of(const ClientSamples& client) {
  std::vector<std::int64_t> samples = client.train;
  samples.insert(samples.end(), client.test.begin(), client.test.end());
  return samples;
}

inline std::vector<std::int64_t> sizes(const Split& split) {
  std::vector<std::int64_t> sizes;
  for (const ClientSamples& client : split) sizes.push_back(std::int64_t(client.train.size() + client.test.size()));
  return sizes;
}

inline bool each_sample_once(const Split& split, std::int64_t samples) {
  std::vector<std::int64_t> all, expected(static_cast<std::size_t>(samples));
  for (const ClientSamples& client : split) {
    const auto own = samples_of(client);
    all.insert(all.end(), own.begin(), own.end());
  }
  std::sort(all.begin(), all.end());
  std::iota(expected.begin(), expected.end(), 0);
  return all == expected;
}

inline bool same(const Split& a, const Split& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.train == y.train && x.test == y.test; });
}

}  // namespace graft::core
