// The turns of a round: a cohort trains in groups of lanes, uploads, and keeps what is its own.
#pragma once
#include <atomic>
#include <functional>

#include "core/rounds/history.hpp"
#include "core/rounds/merge.hpp"

namespace graft::core {

// Trains record.cohort and returns its uploads; fills in the record's figures. What clients keep is staged in the
// store. `scored`: each client is scored right after its turn, before anything is merged. `done` is told the part of the work that
// is done.
Uploads train_cohort(Federation& federation, RoundRecord& record, bool scored, const std::atomic<bool>* stop,
                     const std::function<void(double)>& done);

// The plan's closing phases, after the last round: every client trains what is its own, for good. Adds to the record's steps and
// samples; returns the clients that changed.
std::vector<std::int64_t> close_turns(Federation& federation, RoundRecord& record, const std::atomic<bool>* stop);

// Whether clients own anything: personal tensors, or kept rows.
bool has_own(const Federation& federation);

// Clients that no round has seen: each takes so many turns as in the first rounds, then the plan's closing phases, on its own data;
// what is its own it keeps, nothing of it is merged or mixed. Without turns, or where nobody owns anything, nothing is done.
void personalise(Federation& federation, std::int64_t turns, const Watch& watch);

// Everybody, with the newest shared part, before round `round + 1`.
std::vector<Score> score_everyone(const Federation& federation, std::int64_t round, const std::atomic<bool>* stop);

// Those that took no turn, with the shared part that this round began with; puts the record's scores in order.
void score_the_rest(const Federation& federation, RoundRecord& record, const std::atomic<bool>* stop);

}  // namespace graft::core
