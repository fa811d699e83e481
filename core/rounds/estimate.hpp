// What a run will take, guessed before it begins from a few steps that change nothing.
#pragma once
#include <atomic>

#include "core/rounds/federation.hpp"

namespace graft::core {

struct Estimate {
  double seconds = 0;       // of the rounds that are left, their scoring, and what closes the run
  double memory_bytes = 0;  // of the process at its peak; of the host's memory, where the device has one of its own
  double disk_bytes = 0;    // of a checkpoint, while it replaces the last one
};

// Takes two steps of each phase with the largest clients of the next cohort, on copies, and scores a batch. Good to a factor of
// about 1.5: rounds' cohorts differ, and machines have other things to do.
Estimate estimate(const Federation& federation, const std::atomic<bool>* stop);

}  // namespace graft::core
