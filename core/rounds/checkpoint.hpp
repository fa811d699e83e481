// Checkpoints: the state between two rounds on the disk, whole at every moment. A round writes the rows of its own cohort only.
#pragma once
#include <filesystem>
#include <optional>
#include <set>
#include <vector>

#include "core/rounds/federation.hpp"
#include "core/rounds/history.hpp"

namespace graft::core {

// Writes beside what is there, then replaces state.json, which names the files that count, then removes the others. `changed`:
// the clients whose rows changed since the last checkpoint.
void write_checkpoint(const std::filesystem::path& folder, const Federation& federation, const std::set<std::int64_t>& changed,
                      const Scored& scored);

bool has_checkpoint(const std::filesystem::path& folder);

struct CheckpointFacts {
  std::int64_t rounds_done = 0, clients = 0;  // clients: of the federation, also those that never took a turn
  int threads = 0;                            // sums are split over them: their number is part of what "same bits" means
  std::string data_sum;                       // of the labels and the split
  std::vector<std::string> class_names;       // empty where the source has none
};
// What a checkpoint says of itself; nothing where there is none. Exit 4 for one that is damaged.
std::optional<CheckpointFacts> checkpoint_facts(const std::filesystem::path& folder);

// Restores a federation's state and returns its scores. Exit 4 for a checkpoint that is damaged, of another model, or
// of a run that began with other initial weights.
Scored read_checkpoint(const std::filesystem::path& folder, Federation& federation);

}  // namespace graft::core
