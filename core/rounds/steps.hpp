// Which samples each step of a phase sees: drawn before the phase begins, so that lanes know when they leave.
#pragma once
#include <vector>

#include "core/base/random.hpp"
#include "core/rounds/federation.hpp"

namespace graft::core {

struct DrawnSteps {
  std::vector<std::vector<std::int64_t>> batches;  // positions among the client's training samples: up to parts x batch of them
  std::vector<std::vector<std::int64_t>> codes;    // of augment.hpp, one a position; none without augmentation
  std::vector<std::uint64_t> streams;              // one a step: the seed of whatever else is drawn in it
  std::int64_t epochs = 0;                         // begun; the next phase's epochs count on from there
};

// A client's steps in a phase. A step whose last part would be empty is none; with drop_last, one that is not full is none.
DrawnSteps draw_steps(const Federation& federation, const Phase& phase, Purpose purpose, std::int64_t round, std::int64_t client,
                      std::int64_t first_epoch);

// Whether a client makes any step in a round's training.
bool takes_part(const Federation& federation, std::int64_t client);

// Clients in groups of at most K, those with the most training samples first: in a group, the lanes still at work are the first
// ones.
std::vector<std::vector<std::int64_t>> in_lanes(const Federation& federation, std::vector<std::int64_t> clients);

// The manifest's rate in a round, as its schedule says; and that of a phase.
double scheduled_lr(const TrainingSpec& training, std::int64_t round, std::int64_t rounds);
double phase_lr(const Federation& federation, const Phase& phase, std::int64_t round);

}  // namespace graft::core
