// New clients train what is their own as in a round, and nothing of it is merged; and what an estimate leaves alone.
#include <catch2/catch_test_macros.hpp>

#include "core/rounds/estimate.hpp"
#include "core/rounds/turns.hpp"
#include "tests/unit/rounds/nano.hpp"

namespace graft::core {

namespace {

bool same_rows(const Federation& a, const Federation& b) {
  for (const auto& [name, initial] : a.store.initial()) {
    for (std::int64_t client = 0; client < a.clients(); ++client) {
      if (!at::equal(a.store.row(name, client), b.store.row(name, client))) return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("personalised clients keep what they would keep of the first round, and the server's part stays") {
  for (const auto* strategy : {"fedperfix", "fedrep", "apfl", "local", "fedavg"}) {
    INFO(strategy);
    const auto trained = nano::ran(strategy, {"rounds=1"});
    auto fresh = nano::federation(strategy, {"rounds=1"});
    const auto shared = fresh.server.shared.clone();
    const at::NoGradGuard no_grad;
    personalise(fresh, 1, {});
    CHECK(same_rows(fresh, trained));
    CHECK(at::equal(fresh.server.shared, shared));
    CHECK(fresh.rounds_done == 0);
  }
}

TEST_CASE("without a server new clients do not hear each other") {
  const auto begin = nano::federation("dfedalt", {"strategy.topology=full"});
  auto hearing = begin, alone = nano::federation("dfedalt", {"strategy.neighbours=0"});
  const at::NoGradGuard no_grad;
  personalise(hearing, 3, {});
  personalise(alone, 3, {});
  CHECK(!same_rows(hearing, begin));
  CHECK(same_rows(hearing, alone));
}

TEST_CASE("no turns leave new clients as they begin; a second turn goes on from the first") {
  const auto begin = nano::federation("fedperfix");
  auto none = begin, two = begin, one = begin;
  const at::NoGradGuard no_grad;
  personalise(none, 0, {});
  personalise(one, 1, {});
  personalise(two, 2, {});
  CHECK(same_rows(none, begin));
  CHECK(!same_rows(one, begin));
  CHECK(!same_rows(two, one));
}

TEST_CASE("without turns nothing is closed either, and where nobody owns anything nobody trains") {
  const auto begin = nano::federation("fedrep", {"strategy.final_head_epochs=2"});
  auto none = begin;
  const at::NoGradGuard no_grad;
  personalise(none, 0, {});
  CHECK(same_rows(none, begin));
  auto shared = nano::federation("fedavg", {"training.optimizer.lr=1e30"});  // would diverge
  personalise(shared, 1, {});
  CHECK(shared.store.rows().empty());
  CHECK(!has_own(shared));
}

TEST_CASE("a strategy's closing phases are played by new clients too") {
  auto without = nano::federation("fedrep"), with = nano::federation("fedrep", {"strategy.final_head_epochs=1"});
  const at::NoGradGuard no_grad;
  personalise(without, 1, {});
  personalise(with, 1, {});
  CHECK(!same_rows(without, with));
}

TEST_CASE("an estimate changes nothing, and grows with the work") {
  for (const auto* strategy : {"fedavg", "fedrep", "apfl", "perfedavg", "fedbabu"}) {
    INFO(strategy);
    const auto federation = nano::federation(strategy, {"rounds=4", "lanes=2"}),
               twin = nano::federation(strategy, {"rounds=4", "lanes=2"});
    const auto guess = estimate(federation, nullptr);
    CHECK(guess.seconds > 0);
    CHECK(guess.memory_bytes > 1e6);
    CHECK(guess.disk_bytes >= double(federation.server.shared.nbytes()));
    CHECK(at::equal(federation.server.shared, twin.server.shared));
    CHECK(same_rows(federation, twin));
    CHECK(federation.store.rows().empty());
  }
  const auto closed = [](const std::string& epochs) {
    return estimate(nano::federation("fedrep", {"strategy.final_head_epochs=" + epochs}), nullptr).seconds;
  };
  CHECK(closed("1000") > 2 * closed("0"));
  auto done = nano::federation("fedavg");
  done.rounds_done = done.manifest.rounds;
  CHECK(estimate(done, nullptr).seconds == 0);
}

}  // namespace graft::core
