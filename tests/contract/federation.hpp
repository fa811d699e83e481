// The small federations that cases play, their state, and how two states compare.
#pragma once
#include <ATen/core/Tensor.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/rounds/federation.hpp"
#include "tests/contract/case.hpp"

namespace graft::contract {

using Words = std::vector<std::string>;

// The manifest of 4 clients of unequal size on shapes of 8 x 8, in double, on the CPU; a ViT of 2 blocks of width 16; 2 rounds. The
// subject is the strategy, or the one module under fedavg, with these options and those that are given for all cases.
core::Manifest manifest_of(const Subject& subject, const Words& overrides = {}, const std::vector<core::Option>& options = {});
core::Federation small(const Subject& subject, const Words& overrides = {}, const std::vector<core::Option>& options = {});

// Leaves every client as many training samples as the smallest has.
void make_equal_in_size(core::Federation& federation);
// Whether a module drops anything out while clients train: such draws are keyed by client.
bool drops_out(const core::Federation& federation);

// Moves every number of the shared part and of what clients own at the start by about this part of its row's largest; each way is
// another one.
struct Nudge {
  double part = 0;
  int way = 0;
};
void nudge(core::Federation& federation, Nudge by);

// Plays rounds without leaving files: those that lead to `rounds_done`, and after the manifest's last one the closing phases.
void play(core::Federation& federation, std::int64_t rounds_done);

// By name, in words: "the shared part", "client 2's kept row 'twin'". Copies.
using State = std::map<std::string, at::Tensor>;
State state_of(const core::Federation& federation);
State scored_state_of(const core::Federation& federation);  // and every client's accuracy and loss

// Fail with the first that differs, by how much, and `between`: "between one lane and two".
void require_same_bits(const State& a, const State& b, const std::string& between);
void require_near(const State& a, const State& b, double tolerance, const std::string& between);  // relative to the largest number

using Play = std::function<State(Nudge)>;  // plays a federation from such a start

// What the plugin may make of rounding, which a high rate of its own lets grow: several times what it makes of nudges far above
// rounding. Skipped where that is so much that nothing can be compared.
double made_of_rounding(const Play& play, double part);

struct Rounding {
  double tolerance;  // of a plugin that lets it not grow
  double nudge;      // its part
};
// As require_near, of what is played without a nudge and of the other.
void require_rounding(const Play& play, const std::function<State()>& other, Rounding rounding, const std::string& between);
void require_finite(const State& state);

std::string number_text(double number);  // "1.2e-05"

}  // namespace graft::contract
