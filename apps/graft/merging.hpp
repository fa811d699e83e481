// Modules that change weights, taken into them: what `graft export --merge` writes in their place.
#pragma once
#include "core/backbone/safetensors.hpp"
#include "core/rounds/federation.hpp"

namespace graft {

// In the tensors that are everybody's: the weights that are merged for all clients alike. What was merged leaves.
void merge_shared(const core::Federation& federation, core::NamedTensors& shared);

// In a client's own tensors: the weights of which it, or what changes it, is the client's own.
void merge_own(const core::Federation& federation, std::int64_t client, core::NamedTensors& own);

// A line for each module that cannot be merged, and one where there is nothing to merge.
std::string unmerged_text(const core::Model& model);

// Exit 2 where rows beside the model lie on a weight that would be merged: without it they could not be put together again.
void refuse_rows_on_merged(const core::Model& model);

}  // namespace graft
