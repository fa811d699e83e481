// Augmentation in a federation: which visits it changes, and what it does not depend on.
#include <ATen/core/grad_mode.h>

#include <catch2/catch_test_macros.hpp>

#include "core/data/augment.hpp"
#include "core/rounds/evaluate.hpp"
#include "core/rounds/train.hpp"
#include "tests/unit/rounds/nano.hpp"

using namespace graft::core;
using Set = std::vector<std::string>;

namespace {

const std::string kOn = "data.augment={flip=true, crop=1}", kOff = "data.augment={flip=false, crop=0}";

std::vector<double> losses(const Federation& federation) {
  std::vector<double> losses;
  for (const auto& one : score_clients(federation, {0, 1, 2, 3}, federation.rounds_done, nullptr)) losses.push_back(one.loss);
  return losses;
}

PhaseBatches batches_of(const Federation& federation, const std::vector<std::int64_t>& clients, std::vector<DrawnSteps>& drawn,
                        std::int64_t first_epoch = 0) {
  const auto& phase = federation.model.plan.training[0];
  for (const auto client : clients) drawn.push_back(draw_steps(federation, phase, Purpose::order, 5, client, first_epoch));
  return {federation, clients, drawn, phase.parts};
}

}  // namespace

TEST_CASE("augmentation: each visit's image is its sample's, changed by the code of seed, round, client, epoch and sample") {
  const auto federation = nano::federation("fedavg", {kOn, "training.epochs=2"});
  const std::vector<std::int64_t> clients{2, 0};
  std::vector<DrawnSteps> drawn;
  const auto batches = batches_of(federation, clients, drawn, 7);
  const auto per_epoch = std::int64_t(drawn[1].batches.size()) / 2;
  for (std::int64_t step = 0; step < per_epoch * 2 && batches.active(step) == 2; ++step) {
    const auto inputs = batches.at(step, {}).inputs;
    for (std::size_t lane = 0; lane < 2; ++lane) {
      const auto client = clients[lane];
      const auto epoch = 7 + step / std::int64_t(drawn[lane].batches.size() / 2);
      const auto& positions = drawn[lane].batches[std::size_t(step)];
      for (std::size_t i = 0; i < positions.size(); ++i) {
        const auto sample = federation.split[client].train[positions[i]];
        const auto code = augment_code({true, 1}, 3, 5, client, epoch, sample);
        const auto bytes = augmented(federation.data.images[sample].unsqueeze(0), at::tensor({code}, at::kLong), {true, 1});
        const auto expected = (bytes[0].to(at::kDouble) / 255 - 0.5) / 0.5;
        CHECK((inputs[std::int64_t(lane)][std::int64_t(i)] - expected).abs().max().item<double>() < 1e-12);
      }
    }
  }
}

TEST_CASE("augmentation: off is the same bits as not given, on is other training") {
  const auto plain = nano::ran("fedavg"), off = nano::ran("fedavg", {kOff}), on = nano::ran("fedavg", {kOn});
  CHECK(nano::difference(plain, off) == 0);
  CHECK(nano::difference(plain, on) > 1e-6);
  std::vector<DrawnSteps> drawn;
  batches_of(plain, {0}, drawn);
  CHECK(drawn[0].codes.empty());
}

TEST_CASE("augmentation: one, two and three lanes agree, batches in parts too") {
  for (const auto* strategy : {"fedavg", "perfedavg", "fedrep"}) {
    const auto with = [&](const char* lanes) { return nano::ran(strategy, {kOn, "training.epochs=2", "rounds=2", lanes}); };
    const auto one = with("lanes=1");
    CAPTURE(strategy);
    for (const auto* lanes : {"lanes=2", "lanes=3"}) CHECK(nano::difference(one, with(lanes)) < 1e-12);
  }
}

TEST_CASE("augmentation: scoring sees plain images, tuning augmented ones") {
  const auto losses_of = [](const char* strategy, const std::string& augment) {
    return losses(nano::ran(strategy, {augment, "rounds=0"}));
  };
  CHECK(losses_of("fedavg", kOn) == losses_of("fedavg", kOff));
  CHECK(losses_of("fedbabu", kOn) != losses_of("fedbabu", kOff));
}

TEST_CASE("augmentation: a trunk that is not trained still sees each visit anew") {
  const Set heads{"strategy.body_epochs=0", "strategy.head_epochs=3"};
  const auto with = [&](const std::string& augment) { return nano::ran("fedrep", {heads[0], heads[1], augment}); };
  CHECK(nano::difference(with(kOn), with(kOff)) > 1e-6);  // stored features would be of plain images
}

TEST_CASE("augmentation: a resumed run has the straight run's bits") {
  const auto straight = nano::ran("fedavg", {kOn, "rounds=4"});
  const Folder folder;
  auto first = nano::federation("fedavg", {kOn, "rounds=2"});
  run(first, {folder.path, false, nullptr, {}});
  auto second = nano::federation("fedavg", {kOn, "rounds=4"});
  run(second, {folder.path, true, nullptr, {}});
  CHECK(nano::difference(straight, second) == 0);
}
