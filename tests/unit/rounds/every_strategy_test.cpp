// What holds for every strategy in every variant: lanes change nothing, and a run that was killed goes on to a straight run's bits.
#include <ATen/ATen.h>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <set>

#include "core/rounds/checkpoint.hpp"
#include "tests/unit/rounds/identities.hpp"

using namespace graft::core;
using namespace graft::core::nano;

namespace {

struct Variant {
  std::string strategy;
  Set settings{};
};

const std::vector<Variant> kVariants = {
    {"fedavg"},
    {"local"},
    {"fedper"},
    {"fedbn"},
    {"attention"},
    {"fedprox"},
    {"fedrep"},
    {"fedrep", {"strategy.schedule=joint"}},
    {"fedrep", {"strategy.final_head_epochs=1"}},
    {"fedbabu", {"strategy.weighting=equal"}},
    {"fedperfix", {"strategy.last_blocks_personal=1"}},
    {"perfedavg", {"training.batch=4"}},
    {"perfedavg", {"training.batch=3", "strategy.variant=hf"}},
    {"apfl"},
    {"apfl", {"strategy.variant=fedtorch_logit"}},
    {"apfl", {"strategy.variant=pfllib"}},
    {"ditto"},
    {"fedsim", {"strategy.weighting=batches"}},
    {"fedsim", {"strategy.personal=\"attn\"", "strategy.l2=0.1", "strategy.l2_to=initial", "strategy.final_epochs=1"}},
    {"fedalt", {"strategy.personal_epochs=2", "strategy.shared_epochs=1"}},
    {"fedalt", {"strategy.l2=0.1", "strategy.stateless=true"}},
    {"fedavg_p", {"strategy.personal_lr_scale=0.5"}},
    {"scaffold"},
    {"scaffold_p", {"strategy.personal_lr_scale=0.5"}},
    {"fedapm"},
    {"fedapm", {"strategy.personal=[\"attn\", \"head\"]", "strategy.rho=1", "strategy.personal_epochs=2"}},
    {"robust"},
    {"robust", {"strategy.mean=trimmed", "strategy.trim=0.25", "strategy.personal=\"head\""}},
    {"dfedalt"},
    {"dfedalt", {"strategy.topology=ring", "strategy.mixing=metropolis"}},
    {"dfedalt", {"strategy.topology=exponential", "strategy.personal=[]"}},
    {"dfedsalt"},
    {"dfedsalt", {"strategy.topology=full", "strategy.personal_lr_scale=0.1"}},
    {"fedavg", {"server.optimizer={use=\"adam\", lr=0.01}"}},
    {"fedavg", {"server.optimizer={use=\"yogi\", lr=0.01}"}},
};

std::string text_of(const Variant& variant) {
  std::string text = variant.strategy;
  for (const auto& setting : variant.settings) text += " " + setting;
  return text;
}

// Everything that two runs hold: shared and served rows, all rows of all clients.
double whole_gap(const Federation& a, const Federation& b) {
  double largest = gap(a.server.shared, b.server.shared);
  for (const auto& [name, row] : a.server.served) largest = std::max(largest, gap(row, b.server.served.at(name)));
  for (const auto& [name, initial] : a.store.initial()) {
    for (std::int64_t client = 0; client < a.clients(); ++client) {
      largest = std::max(largest, gap(a.store.row(name, client), b.store.row(name, client)));
    }
  }
  return largest;
}

}  // namespace

TEST_CASE("every strategy: the names that the plugins' folder has", "[lanes]") {
  std::set<std::string> tested, there;
  for (const auto& variant : kVariants) tested.insert(variant.strategy);
  for (const auto& plugin : std::filesystem::directory_iterator(federation("fedavg").model.strategy.file.parent_path())) {
    there.insert(plugin.path().stem());
  }
  for (const auto* module : {"prefix", "adapter", "prompt", "lora"}) there.erase(module);
  CHECK(tested == there);
}

TEST_CASE("every strategy: one lane and three agree after three rounds", "[lanes]") {
  for (const auto& variant : kVariants) {
    INFO(text_of(variant));
    const Set settings = kThreeRounds + kHeavy + variant.settings;
    const auto one = ran(variant.strategy, settings + Set{"lanes=1"}), three = ran(variant.strategy, settings + Set{"lanes=3"});
    CHECK(whole_gap(one, three) < kExact);
    const auto a = score_everyone(one, 3, nullptr), b = score_everyone(three, 3, nullptr);
    for (std::size_t i = 0; i < 4; ++i) CHECK(std::abs(a[i].loss - b[i].loss) < 1e-9);
  }
}

TEST_CASE("every strategy: a run that was killed goes on to the straight run's bits", "[resume]") {
  for (const auto& variant : kVariants) {
    INFO(text_of(variant));
    const Set settings = kHeavy + variant.settings + Set{"rounds=4", "training.cohort=2"};
    const auto straight = ran(variant.strategy, settings);
    const Folder folder;
    std::atomic<bool> stop = false;
    auto first = federation(variant.strategy, settings);
    const auto tell = [&](const Progress& progress) { stop = progress.round == 3 && progress.done > 0; };  // in its turns
    CHECK_THROWS_AS(run(first, {folder.path, false, &stop, tell}), Error);
    CHECK(checkpoint_facts(folder.path / "checkpoint")->rounds_done == 2);
    auto second = federation(variant.strategy, settings);
    run(second, {folder.path, true, nullptr, {}});
    CHECK(same_bits(straight, second));
  }
}
