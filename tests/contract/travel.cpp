// What travels: uploads of what may be known, and means that do not depend on who came when.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "core/rounds/evaluate.hpp"
#include "core/rounds/hooks.hpp"
#include "core/rounds/merge.hpp"
#include "core/rounds/train.hpp"
#include "core/rounds/turns.hpp"
#include "tests/contract/cases.hpp"
#include "tests/contract/federation.hpp"

namespace graft::contract {

namespace {

constexpr Rounding kExact = {1e-12, 1e-13};

core::Turn trained_turn(const core::Federation& federation, std::int64_t client) {
  auto turn =
      core::start_training(federation, {client}, federation.rounds_done, core::edges_of(federation, federation.rounds_done));
  core::train(turn, {federation.model.plan.training, core::Purpose::order, federation.rounds_done, true, nullptr});
  core::call_finish(turn);
  return turn;
}

// How many of a kept row's columns an upload may know.
std::int64_t known_columns(const core::Kept& kept, const at::Tensor& rows, std::int64_t shared) {
  if (!kept.sent || kept.like == core::Like::personal) return 0;
  return kept.like == core::Like::model ? shared : rows.size(1);
}

// Visits a turn's rows, each with the number of its first columns that an upload may know.
template <class Visit>
void each_rows(const core::Turn& turn, Visit visit) {
  const auto& model = turn.federation().model;
  visit("", turn.full_rows(), model.catalog.shared);
  for (const auto& kept : model.plan.keeps) {
    const auto& rows = turn.full_kept().at(kept.name);
    visit(kept.name, rows, known_columns(kept, rows, model.catalog.shared));
  }
}

void take_what_is_known(const core::Turn& to, const core::Turn& from) {
  each_rows(to, [&](const std::string& name, const at::Tensor& rows, std::int64_t known) {
    const auto& given = name.empty() ? from.full_rows() : from.full_kept().at(name);
    rows.narrow(1, 0, known).copy_(given.narrow(1, 0, known));
  });
}

// What was kept of the first client and declared sent is kept of the second, as if it had been so from the start.
void store_what_is_known(core::Federation& federation, std::int64_t to, std::int64_t from) {
  core::NamedRows rows;
  for (const auto& [name, initial] : federation.store.initial()) rows[name] = federation.store.row(name, to).clone();
  for (const auto& kept : federation.model.plan.keeps) {
    auto& row = rows.at(kept.name);
    const auto known = known_columns(kept, row.unsqueeze(0), federation.model.catalog.shared);
    row.narrow(0, 0, known).copy_(federation.store.row(kept.name, from).narrow(0, 0, known));
  }
  federation.store.put(to, std::move(rows));
}

void scramble_the_rest(const core::Turn& turn) {
  each_rows(turn, [](const std::string&, const at::Tensor& rows, std::int64_t known) {
    const auto rest = rows.narrow(1, known, rows.size(1) - known);
    rest.copy_(rest.mul(-3).add(1.5));
  });
}

void require_same_upload(const at::Tensor& found, const at::Tensor& first, const std::string& between) {
  require_same_bits({{"the upload", found}}, {{"the upload", first}}, between);
}

core::ServerState copy_of(const core::ServerState& server) {
  auto copy = server;
  copy.shared = server.shared.clone();
  for (auto& [name, row] : copy.served) row = row.clone();
  return copy;
}

// Samples come in stored order, so that a client's number changes nothing.
core::Federation in_order(const Subject& subject) {
  auto federation = small(subject, {"data.shuffle=false"});
  if (drops_out(federation)) throw Skipped("a module drops out, which is drawn for each client by its number");
  return federation;
}

State with_clients_turned_round(const State& state) {
  State turned;
  for (const auto& [name, values] : state) {
    auto other = name;
    if (const auto at = name.find_first_of("0123456789"); name.starts_with("client ")) other[at] = char('0' + 3 - (name[at] - '0'));
    turned[other] = values;
  }
  return turned;
}

}  // namespace

// Two clients train, each on its own data and from what a round has left it. Then the second takes over what an upload may know of
// the first: both must send the same, whatever else the second has, has had while it trained, or had before.
void personal_stays(const Subject& subject) {
  const at::NoGradGuard no_grad;
  auto federation = small(subject, {"data.shuffle=false"});
  if (federation.model.plan.gossips())
    throw Skipped("its clients gossip: the host sends their shared part, and there is no upload");
  make_equal_in_size(federation);
  play(federation, 1);
  store_what_is_known(federation, 1, 0);
  const auto first = trained_turn(federation, 0);
  auto sender = first;
  const auto sent = core::call_upload(sender).clone();
  auto other = trained_turn(federation, 1);
  take_what_is_known(other, first);
  require_same_upload(core::call_upload(other).clone(), sent,
                      "between two clients with the same shared columns and sent rows, and other personal ones");
  scramble_the_rest(other);
  require_same_upload(core::call_upload(other), sent, "between one client and itself with other personal columns and rows");
}

void next_repeats(const Subject& subject) {
  const at::NoGradGuard no_grad;
  auto federation = small(subject);
  if (federation.model.plan.gossips()) throw Skipped("its clients gossip: there is no server");
  play(federation, 1);
  core::RoundRecord record;
  record.round = 2;
  record.cohort = {0, 1, 2, 3};
  const auto uploads = core::train_cohort(federation, record, false, nullptr, [](double) {});
  const auto merged = [&] { return core::call_merge(federation.model, uploads.all(), uploads.weights()); };
  const bool merges = core::merges(federation.model);
  const auto mean = merges ? merged() : uploads.mean(at::kDouble);
  if (merges) {
    require_same_bits({{"what is merged", mean}}, {{"what is merged", merged()}},
                      "between two calls of merge with the same uploads");
  }
  State states[2];
  for (auto& state : states) {
    auto server = copy_of(federation.server);
    state["the next shared part"] = core::call_next(server, federation.model, mean.clone(), 1);
    for (const auto& [name, row] : server.served) state["the served row '" + name + "'"] = row;
  }
  require_same_bits(states[0], states[1], "between two calls of next with the same mean and state");
}

void merge_order(const Subject& subject) {
  const auto forward = [&](Nudge by) {
    auto federation = in_order(subject);
    make_equal_in_size(federation);
    nudge(federation, by);
    play(federation, 2);
    return state_of(federation);
  };
  const auto backward = [&] {
    auto federation = in_order(subject);
    make_equal_in_size(federation);
    std::reverse(federation.split.begin(), federation.split.end());
    play(federation, 2);
    return with_clients_turned_round(state_of(federation));
  };
  if (small(subject).model.plan.gossips()) throw Skipped("its clients gossip: who hears whom goes by their numbers");
  require_rounding(forward, backward, kExact, "between clients in one order and in the other");
}

void mean_of_equals(const Subject& subject) {
  const auto one = [&](Nudge by) {
    auto federation = in_order(subject);
    federation.split = {federation.split[0]};
    nudge(federation, by);
    play(federation, 2);
    return state_of(federation);
  };
  const auto four = [&] {
    auto federation = in_order(subject);
    for (auto& client : federation.split) client = federation.split[0];
    play(federation, 2);
    auto state = state_of(federation);
    std::erase_if(state, [](const auto& part) { return part.first.starts_with("client ") && !part.first.starts_with("client 0"); });
    return state;
  };
  require_rounding(one, four, kExact, "between one client and four with its data");
}

}  // namespace graft::contract
