// Types and sizes: single and double precision, clients with next to nothing.
#include <ATen/ATen.h>

#include "core/rounds/turns.hpp"
#include "tests/contract/cases.hpp"
#include "tests/contract/federation.hpp"

namespace graft::contract {

namespace {

constexpr Rounding kSingle = {1e-3, 1e-6};  // far above single precision's over a round, far below what a round changes

State played_in(const Subject& subject, const std::string& precision, Nudge by = {}) {
  auto federation = small(subject, {"precision=" + precision});
  nudge(federation, by);
  play(federation, 2);
  for (const auto& [name, values] : state_of(federation)) {
    if (values.scalar_type() != federation.dtype) throw Failed(name + " is of another type than the federation");
  }
  auto state = state_of(federation);
  require_finite(state);
  return state;
}

}  // namespace

void fp64(const Subject& subject) { played_in(subject, "fp64"); }

void fp32(const Subject& subject) {
  const auto in_double = [&](Nudge by) { return played_in(subject, "fp64", by); };
  const auto in_single = [&] { return played_in(subject, "fp32"); };
  require_rounding(in_double, in_single, kSingle, "between double and single precision");
}

void bf16(const Subject&) { throw Skipped("this graft computes in fp32 and fp64"); }

void small_clients(const Subject& subject) {
  auto federation = small(subject);
  federation.split[0].train.resize(1);
  federation.split[1].train.clear();
  federation.split[2].test.clear();
  const auto before = state_of(federation);
  play(federation, 2);
  const auto after = scored_state_of(federation);
  require_finite(after);
  const auto& catalog = federation.model.catalog;
  const auto own = [&](const std::string& name, const at::Tensor& values) {  // where clients gossip, it mixes the shared columns
    const bool model = name == "client 1's personal part";
    return model ? values.narrow(0, catalog.shared - catalog.first_own, catalog.row - catalog.shared) : values;
  };
  State had, has;
  for (const auto& [name, values] : before) {
    if (name.starts_with("client 1's ")) had[name] = own(name, values), has[name] = own(name, after.at(name));
  }
  const bool closes = !federation.model.plan.closing.empty();
  if (!closes) require_same_bits(had, has, "between before and after, of a client without a sample");
}

}  // namespace graft::contract
