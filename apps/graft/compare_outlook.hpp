// graft compare --dry-run: what a study has before it. Nothing is run, made or written.
#pragma once
#include "core/manifest/study.hpp"
#include "core/report/comparison.hpp"
#include "core/report/outlook_text.hpp"

namespace graft {

// Asks each run, in a process of its own; the first of a variant's that is not done is timed by a few steps, for all of them.
// Exit 130 where somebody interrupts.
core::StudyOutlook look_ahead(const core::Study& study, const core::StudyResults& results, std::size_t jobs);

}  // namespace graft
