// What a model costs: parameters by role and by place, what travels, what a client stores, what a forward pass multiplies.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "core/compose/compose.hpp"

namespace graft::core {

struct Costs {
  std::int64_t total = 0, shared = 0, personal = 0, held = 0, frozen = 0;  // scalars
  std::map<std::string, std::int64_t> by_role, personal_by_role;
  std::int64_t scalar_bytes = 4;
  std::int64_t upload = 0, download = 0;  // scalars a sampled client and round; upload as the host's own hook would send it
  std::int64_t stored = 0;                // scalars a client stores: its model and its kept rows
  std::int64_t own = 0;           // of these, those that no other client has: personal tensors, kept rows, without a server all
  std::int64_t forward_macs = 0;  // a sample
  std::optional<std::int64_t> training_macs{};  // a sample and round, every phase, epoch and hook of a turn; none: not counted
};

std::int64_t size_of(const Kept& row, const Catalog& catalog);  // scalars

// From catalog and plan alone; measured_costs (core/rounds/probe.hpp) adds what only hooks know.
Costs costs_of(const Manifest& manifest, const Model& model);

// Multiply-accumulates of the matrix products that one forward pass of one sample really runs, modules included.
std::int64_t forward_macs(const Model& model);

}  // namespace graft::core
