// Randomness without a generator's state: every draw is a pure function of (seed, purpose, round, client, epoch).
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace graft::core {

// What a stream of draws is for; the numbers are part of what "same bits" means, so they never change.
enum class Purpose : std::uint64_t {
  cohort = 1,
  order = 2,
  initial = 3,
  split = 4,
  shapes = 5,
  test_split = 6,
  tuning = 7,
  augment = 8,
  dropout = 9,
  gossip = 10,
  bootstrap = 11,
  validation = 12
};

// A stream keyed by seed, purpose and further numbers (splitmix64 over their hash). Own distributions: the standard library's
// differ.
class Random {
 public:
  Random(std::uint64_t seed, Purpose purpose, std::initializer_list<std::uint64_t> key = {});
  std::uint64_t next();
  std::uint64_t below(std::uint64_t bound);  // unbiased; bound > 0
  double uniform();                          // [0, 1)
  double normal();                           // mean 0, deviation 1
  double gamma(double shape);                // scale 1; shape > 0, also far below 1 (may then underflow to 0)
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::uint64_t state_;
};

std::uint64_t hash(std::string_view text);       // FNV-1a with a finaliser; the same everywhere, for ever
std::uint64_t checksum(std::string_view bytes);  // likewise, eight bytes at a time: for what is large

}  // namespace graft::core
