// Scoring: each client's predictor on its own test and validation samples, tuned just before where the plan says so.
#pragma once
#include <atomic>
#include <limits>

#include "core/rounds/gossip.hpp"
#include "core/rounds/turn.hpp"

namespace graft::core {

// Of what has no samples to be scored on.
inline constexpr double kNotScored = std::numeric_limits<double>::quiet_NaN();

struct ClassScore {
  std::int64_t label = 0, test_samples = 0, right = 0;
};
struct Score {
  std::int64_t client = 0, test_samples = 0;
  double accuracy = 0, loss = 0;      // fraction right, and mean loss over the test samples; NaN where there are none
  std::vector<ClassScore> classes{};  // those that have test samples, ascending
  std::int64_t validation_samples = 0;
  double validation_accuracy = kNotScored, validation_loss = kNotScored;  // likewise
};

// The clients of a turn at rest, from their rows as they are.
std::vector<Score> score(Turn& turn, std::int64_t round, const std::atomic<bool>* stop);

// These clients with the newest shared part and what the store has of theirs, in the order given.
std::vector<Score> score_clients(const Federation& federation, const std::vector<std::int64_t>& clients, std::int64_t round,
                                 const std::atomic<bool>* stop);

// A turn for these clients: the shared part as it is on the server, and their own rows from the store; the rate is that of `round`,
// from 0.
Turn start_turn(const Federation& federation, const std::vector<std::int64_t>& clients, std::int64_t round);

void begin_anew(Turn& turn);  // its personal part, where the plan is stateless

// The same to train in: where clients gossip, each begins with its mixture; where they are stateless, with initial personal values.
// `edges`: of that round.
Turn start_training(const Federation& federation, const std::vector<std::int64_t>& clients, std::int64_t round, const Edges& edges);

}  // namespace graft::core
