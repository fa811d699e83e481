// Results do not depend on the number of lanes; a step never waits for the device; a resumed run has a straight run's bits.
#include <ATen/core/grad_mode.h>
#include <ATen/record_function.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "core/rounds/evaluate.hpp"
#include "core/rounds/hooks.hpp"
#include "core/rounds/train.hpp"
#include "tests/unit/rounds/nano.hpp"

using namespace graft::core;
using Set = std::vector<std::string>;

namespace {

const std::vector<const char*> kStrategies = {"fedavg", "local", "fedrep", "fedbabu", "apfl", "perfedavg", "fedperfix"};
const std::vector<const char*> kWithSteps = {"fedavg",   "apfl",     "perfedavg",  "fedprox", "ditto",   "fedsim",  "fedalt",
                                             "fedavg_p", "scaffold", "scaffold_p", "fedapm",  "dfedalt", "dfedsalt"};

double kept_difference(const Federation& a, const Federation& b) {
  double largest = 0;
  for (const auto& kept : a.model.plan.keeps) {
    for (std::int64_t client = 0; client < a.clients(); ++client) {
      const auto gap = a.store.row(kept.name, client) - b.store.row(kept.name, client);
      largest = std::max(largest, gap.abs().max().item<double>());
    }
  }
  return largest;
}

bool same_bits(const Federation& a, const Federation& b) {
  if (!at::equal(a.server.shared, b.server.shared)) return false;
  for (std::int64_t client = 0; client < a.clients(); ++client) {
    for (const auto& [name, initial] : a.store.initial()) {
      if (!at::equal(a.store.row(name, client), b.store.row(name, client))) return false;
    }
  }
  return true;
}

thread_local std::int64_t waits = 0;

std::unique_ptr<at::ObserverContext> seen(const at::RecordFunction& call) {
  const std::string name = call.name();
  if (name == "aten::_local_scalar_dense" || name == "aten::nonzero" || name == "aten::equal") ++waits;
  return nullptr;
}

}  // namespace

TEST_CASE("one, two, four and three lanes agree after a round", "[lanes]") {
  for (const auto* strategy : kStrategies) {
    for (const auto& optimizer :
         {Set{"training.optimizer.momentum=0.9", "training.optimizer.weight_decay=0.01"},
          Set{"training.optimizer={use=\"adamw\", lr=0.01, weight_decay=0.1}"}, Set{"training.clip_norm=0.1"}, Set{}}) {
      const auto with = [&](const char* lanes) {
        auto overrides = optimizer;
        overrides.push_back(lanes);
        overrides.push_back("training.epochs=2");
        return nano::ran(strategy, overrides);
      };
      const auto one = with("lanes=1");
      std::vector<std::size_t> sizes;
      for (const auto& client : one.split) sizes.push_back(client.train.size());
      REQUIRE(*std::min_element(sizes.begin(), sizes.end()) < *std::max_element(sizes.begin(), sizes.end()));
      // AdamW divides by the root of gradients that are zero but for rounding: there the bound is that of a step, not of rounding.
      const double bound = optimizer.size() == 1 && optimizer[0].find("adamw") != std::string::npos ? 1e-6 : 1e-12;
      for (const auto* lanes : {"lanes=2", "lanes=3", "lanes=4"}) {
        const auto many = with(lanes);
        CAPTURE(strategy, lanes, optimizer);
        CHECK(nano::difference(one, many) < bound);
        CHECK(kept_difference(one, many) < bound);
        const auto a = score_clients(one, {0, 1, 2, 3}, 1, nullptr), b = score_clients(many, {0, 1, 2, 3}, 1, nullptr);
        for (std::size_t i = 0; i < a.size(); ++i) CHECK(std::abs(a[i].loss - b[i].loss) < 1000 * bound);
      }
    }
  }
}

TEST_CASE("no strategy's step waits for the device", "[lanes]") {
  const at::NoGradGuard no_grad;
  const auto modules = GENERATE("modules=[]", "modules=[{use=\"prompt\", dropout=0.1}]");
  for (const auto* strategy : kWithSteps) {
    const auto federation = nano::federation(
        strategy, {"training.clip_norm=1.0", "training.optimizer.momentum=0.5", "data.augment={flip=true, crop=1}", modules});
    auto turn = start_turn(federation, {0, 1}, 0);
    const auto& phase = federation.model.plan.training.back();  // where there are two, the shared part's: hooks do more in it
    std::vector<DrawnSteps> drawn;
    for (const auto client : turn.clients()) drawn.push_back(draw_steps(federation, phase, Purpose::order, 0, client, 0));
    const PhaseBatches batches(federation, turn.clients(), drawn, phase.parts);
    turn.begin_phase(phase, trained_by(federation.model, phase), 0.1);
    waits = 0;
    const auto handle = at::addThreadLocalCallback(at::RecordFunctionCallback(&seen));
    call_step(turn, batches.at(0, turn.features()));
    const auto in_step = waits;
    turn.steps().sum().item<double>();  // planted, to see that the counter counts
    at::removeCallback(handle);
    CAPTURE(strategy);
    CHECK(in_step == 0);
    CHECK(waits == 1);
  }
}

TEST_CASE("a resumed run has the straight run's bits", "[resume]") {
  for (const auto* strategy : kStrategies) {
    const Set rounds = {"rounds=4", "training.cohort=0.5", "training.optimizer.momentum=0.9",
                        "server.optimizer={use=\"sgd\", lr=0.7, momentum=0.5}"};
    const auto straight = nano::ran(strategy, rounds);
    const Folder folder;
    auto first = nano::federation(strategy, {rounds[1], rounds[2], rounds[3], "rounds=2"});
    run(first, {folder.path, false, nullptr, {}});
    auto second = nano::federation(strategy, rounds);
    const auto summary = run(second, {folder.path, true, nullptr, {}});
    CAPTURE(strategy);
    CHECK(same_bits(straight, second));
    CHECK(summary.find("\"rounds\": 4") != std::string::npos);
  }
}

TEST_CASE("stored features change nothing", "[features]") {
  const Set heads = {"strategy.body_epochs=0", "training.optimizer.momentum=0.9", "lanes=2"};
  auto once = heads, often = heads;
  once.push_back("strategy.head_epochs=1");   // no sample is seen twice: the trunk runs per batch
  often.push_back("strategy.head_epochs=3");  // the trunk runs once
  once.insert(once.end(), {"data.shuffle=false", "rounds=3", "training.optimizer.momentum=0.0"});
  often.insert(often.end(), {"data.shuffle=false", "training.optimizer.momentum=0.0"});
  CHECK(nano::difference(nano::ran("fedrep", once), nano::ran("fedrep", often)) < 1e-12);
}
