// What a turn costs, from a turn: one client's, on blank samples, through every hook.
#pragma once
#include "core/compose/costs.hpp"
#include "core/rounds/federation.hpp"

namespace graft::core {

// costs_of, with the upload that the strategy's own hook makes, what neighbours send each other where there is no server, and the
// multiply-accumulates that training runs: a backward pass counts what it runs, stored features are made once. A phase that is
// given in steps counts as one epoch. Where a hook fails on blank samples, a warning says so and costs_of stands.
Costs measured_costs(const Federation& federation);

}  // namespace graft::core
