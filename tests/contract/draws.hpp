// Values of a plugin's options, drawn from what it says that they may be.
#pragma once
#include "core/base/random.hpp"
#include "core/library/plugin.hpp"

namespace graft::contract {

// Each option alone at the ends of its range, at its choices, at both truths: sets of options to try one after the other. Whole
// numbers stay small where their range does not end, and no text is made up where there are no choices.
std::vector<std::vector<core::Option>> edges_of(const core::Plugin& plugin);

// All of them at once.
std::vector<core::Option> drawn(const core::Plugin& plugin, core::Random& random);

std::string options_text(const std::vector<core::Option>& options);  // "mu = 0.3, deep = true"

}  // namespace graft::contract
