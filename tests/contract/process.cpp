// What a process shows: what memory stays in use, how the program ends.
#include <malloc.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "tests/contract/cases.hpp"
#include "tests/contract/federation.hpp"

namespace graft::contract {

namespace {

std::size_t bytes_in_use() {
  const auto memory = mallinfo2();
  return memory.uordblks + memory.hblkhd;
}

// A sanitizer's allocator is not asked.
bool sees_bytes_in_use() {
  const auto before = bytes_in_use();
  const std::vector<char> some(1 << 16);
  return bytes_in_use() >= before + some.size();
}

}  // namespace

// What the host and LibTorch keep ready for the next time settles within some rounds; from then on most rounds leave nothing
// behind, while a leak grows in each of them.
void no_growth(const Subject& subject) {
  constexpr std::int64_t kWarm = 24, kRounds = 24;
  constexpr std::int64_t kBytes = 64, kWhole = 1 << 20;  // a round; all of them, in whatever steps
  if (!sees_bytes_in_use()) throw Skipped("this build's allocator does not say what is in use");
  auto federation = small(subject, {"rounds=100", "data.samples=10", "data.min_samples=6"});
  for (std::int64_t round = 1; round <= kWarm; ++round) {
    play(federation, round);
    scored_state_of(federation);
  }
  std::vector<std::int64_t> growth;
  for (std::int64_t round = 1; round <= kRounds; ++round) {
    const auto before = bytes_in_use();
    play(federation, kWarm + round);
    scored_state_of(federation);
    growth.push_back(std::int64_t(bytes_in_use()) - std::int64_t(before));
  }
  std::sort(growth.begin(), growth.end());
  const auto whole = std::accumulate(growth.begin(), growth.end(), std::int64_t{0});
  if (whole > kWhole) {
    throw Failed("memory in use grows by " + std::to_string(whole) + " bytes in " + std::to_string(kRounds) +
                 " rounds; expected none");
  }
  if (growth[kRounds / 4] <= kBytes) return;
  throw Failed("memory in use grows by " + std::to_string(growth[kRounds / 2]) + " bytes a round, and by more than " +
               std::to_string(growth[kRounds / 4 - 1]) + " in three of four; expected none");
}

void exits(const Subject& subject) {
  auto federation = small(subject, {"rounds=1"});
  play(federation, 1);
  scored_state_of(federation);
}

}  // namespace graft::contract
