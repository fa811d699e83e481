// Dropout of a module's tokens: the masks, where they act, and what they do not depend on.
#include "core/rounds/dropout.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <set>

#include "core/compose/costs.hpp"
#include "core/rounds/evaluate.hpp"
#include "core/rounds/train.hpp"
#include "tests/unit/rounds/nano.hpp"

using namespace graft::core;
using nano::difference;
using nano::tensor;

namespace {

constexpr double kExact = 1e-12;
using Set = std::vector<std::string>;

std::string prompts(bool deep, const std::string& dropout = "0.4") {
  return std::string("modules=[{use=\"prompt\", tokens=3, deep=") + (deep ? "true" : "false") + ", dropout=" + dropout + "}]";
}

Federation ran(const std::string& strategy, Set overrides, const std::string& dropout = "0.4", bool deep = true) {
  overrides.push_back(prompts(deep, dropout));
  return nano::ran(strategy, overrides);
}

std::vector<double> losses(const Federation& federation) {
  std::vector<double> losses;
  for (const auto& one : score_clients(federation, {0, 1, 2, 3}, federation.rounds_done, nullptr)) losses.push_back(one.loss);
  return losses;
}

// What modules would inject: ones [1, 1, 3, 16] in every block, twice, with the given dropout.
struct Ones : Around {
  explicit Ones(double p) : Around(nullptr), dropout(p) {}
  std::vector<AddedTokens> tokens(std::int64_t, const Bound&) const override {
    const auto ones = at::ones({1, 1, 3, 16}, at::kDouble);
    return {{ones, false, dropout}, {ones, false, dropout}};
  }
  double dropout;
};

LaneBatch batch_of(const std::vector<std::uint64_t>& streams, std::int64_t width, std::int64_t index = 0) {
  LaneBatch batch;
  batch.labels = at::zeros({std::int64_t(streams.size()), width}, at::kLong);
  batch.streams = streams;
  batch.index = index;
  return batch;
}

at::Tensor masks(const LaneBatch& batch, double p, std::int64_t block = 0, std::size_t which = 0) {
  const Ones ones(p);
  return Dropout(&ones, batch).tokens(block, {})[which].values;
}

// The mask of a training step in round 5, written anew: [width, 3, 16].
at::Tensor expected_mask(std::int64_t client, std::uint64_t step, std::uint64_t part, std::uint64_t block, std::int64_t width) {
  const auto order = std::uint64_t(Purpose::order);
  const auto stream = Random(3, Purpose::dropout, {order, 5, std::uint64_t(client), 0, step}).next();
  Random random(stream, Purpose::dropout, {part, block, 0});
  auto mask = at::zeros({width, 3, 16}, at::kDouble);
  auto* const cells = mask.data_ptr<double>();
  for (std::int64_t i = 0; i < mask.numel(); i += 4) {
    auto bits = random.next();
    for (std::int64_t j = 0; j < 4; ++j, bits >>= 16) cells[i + j] = double(bits & 0xffff) < 26214 ? 0 : 1 / 0.6;  // 0.4 x 65536
  }
  return mask;
}

// A turn of some clients in round 5, in its first phase, and its batches.
struct Begun {
  explicit Begun(const std::string& strategy, Set overrides, const std::vector<std::int64_t>& clients = {0, 1, 2})
      : federation(nano::federation(strategy, overrides)),
        turn(start_turn(federation, clients, 0)),
        batches(federation, clients, drawn(clients), phase().parts) {
    turn.begin_phase(phase(), trained_by(federation.model, phase()), 0.1);
  }
  const Phase& phase() const { return federation.model.plan.training[0]; }
  std::vector<DrawnSteps> drawn(const std::vector<std::int64_t>& clients) const {
    std::vector<DrawnSteps> all;
    for (const auto client : clients) all.push_back(draw_steps(federation, phase(), Purpose::order, 5, client, 0));
    return all;
  }
  Federation federation;
  Turn turn;
  PhaseBatches batches;
};

// The mean loss of one lane's images [B, C, H, W] by a plain loop over the blocks, with what is dropped out of their prompts.
double plain_loss(const Federation& federation, const at::Tensor& images, const at::Tensor& labels, bool deep,
                  const std::vector<at::Tensor>& masks) {
  const auto width = images.size(0);
  const auto p = [&](const std::string& name) {
    for (const auto& entry : federation.model.catalog.entries) {
      if (entry.spec.name == name) return tensor(federation, name).view(entry.spec.shape);
    }
    throw std::invalid_argument(name);
  };
  const auto linear = [&](const at::Tensor& x, const std::string& name) {
    return at::linear(x, p(name + ".weight"), p(name + ".bias"));
  };
  const auto norm = [&](const at::Tensor& x, const std::string& name) {
    return at::layer_norm(x, {16}, p(name + ".weight"), p(name + ".bias"), 1e-6);
  };
  auto x = at::conv2d(images, p("patch_embed.proj.weight"), p("patch_embed.proj.bias"), 4).flatten(2).transpose(1, 2);
  x = at::cat({p("cls_token").expand({width, 1, 16}), x}, 1) + p("pos_embed");
  for (std::size_t i = 0; i < 2; ++i) {
    const auto block = "blocks." + std::to_string(i);
    if (deep || i == 0) x = at::cat({x, p(block + ".prompt.tokens") * masks[i]}, 1);
    const auto qkv = linear(norm(x, block + ".norm1"), block + ".attn.qkv").view({width, -1, 3, 2, 8}).permute({2, 0, 3, 1, 4});
    const auto weights = at::softmax(at::matmul(qkv[0], qkv[1].transpose(-2, -1)) / std::sqrt(8.0), -1);
    x = x + linear(at::matmul(weights, qkv[2]).transpose(1, 2).reshape({width, -1, 16}), block + ".attn.proj");
    x = x + linear(at::gelu(linear(norm(x, block + ".norm2"), block + ".mlp.fc1")), block + ".mlp.fc2");
    if (deep) x = x.narrow(1, 0, 5);
  }
  return at::cross_entropy_loss(linear(norm(x, "norm").select(1, 0), "head"), labels).item<double>();
}

}  // namespace

TEST_CASE("dropout: an element is zero with probability p, else divided by 1 - p") {
  const double p = GENERATE(0.1, 0.25, 0.9);
  const auto mask = masks(batch_of({11, 12, 13}, 200), p);
  CHECK(mask.sizes() == at::IntArrayRef({3, 200, 3, 16}));
  const auto off = at::minimum(mask.abs(), (mask - 1 / (1 - p)).abs());
  CHECK(off.max().item<double>() < kExact);
  const double deviation = std::sqrt(p / (1 - p) / double(mask.numel()));
  CHECK(std::abs(mask.mean().item<double>() - 1) < 4 * deviation);
  CHECK((mask.mean({0, 1}) - 1).abs().max().item<double>() < 5 * deviation * std::sqrt(48.0));  // no element is favoured
}

TEST_CASE("dropout: lanes, samples, blocks, modules and parts have masks of their own, whatever the other lanes are") {
  const auto mask = masks(batch_of({11, 12}, 8), 0.5);
  CHECK(at::equal(mask, masks(batch_of({11, 12}, 8), 0.5)));
  CHECK(at::equal(mask[1].narrow(0, 0, 5), masks(batch_of({12}, 5), 0.5)[0]));
  CHECK_FALSE(at::equal(mask[0], mask[1]));
  CHECK_FALSE(at::equal(mask[0][0], mask[0][1]));
  CHECK_FALSE(at::equal(mask, masks(batch_of({11, 12}, 8), 0.5, 1)));
  CHECK_FALSE(at::equal(mask, masks(batch_of({11, 12}, 8), 0.5, 0, 1)));
  CHECK_FALSE(at::equal(mask, masks(batch_of({11, 12}, 8, 1), 0.5)));
  CHECK(at::equal(masks(batch_of({11, 12}, 8), 0.0), at::ones({1, 1, 3, 16}, at::kDouble)));
}

TEST_CASE("dropout: every step, epoch, client and round has a stream of its own, and tuning too") {
  const auto federation = nano::federation("fedavg", {"training.epochs=3"});
  const auto& phase = federation.model.plan.training[0];
  std::set<std::uint64_t> streams;
  std::size_t steps = 0;
  for (const auto purpose : {Purpose::order, Purpose::tuning}) {
    for (const std::int64_t round : {0, 1}) {
      for (const std::int64_t client : {0, 1, 2, 3}) {
        const auto drawn = draw_steps(federation, phase, purpose, round, client, 0);
        CHECK(drawn.streams.size() == drawn.batches.size());
        steps += drawn.streams.size();
        streams.insert(drawn.streams.begin(), drawn.streams.end());
      }
    }
  }
  CHECK(streams.size() == steps);
}

TEST_CASE("dropout: the loss is that of a plain loop with the same masks, deep and shallow, in every lane and part") {
  const at::NoGradGuard no_grad;
  const bool deep = GENERATE(true, false), in_parts = GENERATE(false, true);
  Begun it(in_parts ? "perfedavg" : "fedavg", {prompts(deep), in_parts ? "training.batch=4" : "training.batch=8"});
  for (std::int64_t step = 0; step < 2; ++step) {
    const auto whole = it.batches.at(step, {});
    for (std::int64_t part = 0; part < (in_parts ? 2 : 1); ++part) {
      const auto& batch = in_parts ? whole.parts[std::size_t(part)] : whole;
      const auto found = it.turn.loss(it.turn.rows(""), batch);
      for (std::int64_t lane = 0; lane < 3; ++lane) {
        const auto client = it.turn.clients()[std::size_t(lane)];
        const auto filled = batch.weights.defined() ? batch.weights[lane].sum().item<std::int64_t>() : batch.labels.size(1);
        std::vector<at::Tensor> drawn;
        for (const std::uint64_t block : {0, 1}) {
          drawn.push_back(expected_mask(client, std::uint64_t(step), std::uint64_t(part), block, filled));
        }
        const auto expected = plain_loss(it.federation, batch.inputs[lane].narrow(0, 0, filled),
                                         batch.labels[lane].narrow(0, 0, filled), deep, drawn);
        CHECK(std::abs(found[lane].item<double>() - expected) < kExact);
      }
    }
  }
}

TEST_CASE("dropout: a gradient is that of its batch's loss, by finite differences; the next step is another function") {
  const at::NoGradGuard no_grad;
  Begun it("fedavg", {prompts(GENERATE(true, false))});
  at::manual_seed(5);
  const auto rows = (it.turn.rows("") + 0.2 * at::randn_like(it.turn.rows(""))).clone();
  const auto batch = it.batches.at(0, {});
  const auto gradient = it.turn.gradient(rows, batch).clone();
  CHECK(at::equal(gradient, it.turn.gradient(rows, batch)));
  const auto direction = at::randn_like(rows);
  const double h = 1e-6;
  const auto slope = (it.turn.loss(rows + h * direction, batch) - it.turn.loss(rows - h * direction, batch)) / (2 * h);
  CHECK((slope - (gradient * direction).sum(1, true)).abs().max().item<double>() < 1e-7);
  auto same_images = batch;
  same_images.streams = it.batches.at(1, {}).streams;
  CHECK((it.turn.loss(rows, batch) - it.turn.loss(rows, same_images)).abs().min().item<double>() > 1e-6);
}

TEST_CASE("dropout: 0 is the same bits as not given, above it is other training") {
  const bool deep = GENERATE(true, false);
  const Set plain = {std::string("modules=[{use=\"prompt\", tokens=3, deep=") + (deep ? "true" : "false") + "}]"};
  const auto without = nano::ran("fedavg", plain), zero = ran("fedavg", {}, "0", deep), some = ran("fedavg", {}, "0.4", deep);
  CHECK(difference(without, zero) == 0);
  CHECK(difference(without, some) > 1e-6);
}

TEST_CASE("dropout: neither scoring nor the cost of a forward pass knows it; tuning does") {
  auto trained = ran("fedavg", {});
  auto other = nano::federation("fedavg", {prompts(true, "0.0")});
  other.server = trained.server;
  other.store = trained.store;
  CHECK(losses(trained) == losses(other));
  CHECK(forward_macs(trained.model) == forward_macs(other.model));
  CHECK(losses(ran("fedbabu", {"rounds=0"}, "0.4")) != losses(ran("fedbabu", {"rounds=0"}, "0.0")));
  CHECK(losses(ran("fedbabu", {"rounds=0"}, "0.4")) == losses(ran("fedbabu", {"rounds=0"}, "0.4")));
}

TEST_CASE("dropout: closing phases have it too") {
  const Set closing = {"rounds=1", "strategy.head_epochs=0", "strategy.body_epochs=0", "strategy.final_head_epochs=1"};
  CHECK(difference(ran("fedrep", closing, "0.4"), ran("fedrep", closing, "0.0")) > 1e-6);
}

TEST_CASE("dropout: one, two and three lanes agree, several phases, gradients and parts too") {
  for (const auto* strategy : {"fedrep", "apfl", "perfedavg"}) {
    const auto with = [&](const char* lanes) { return ran(strategy, {"training.epochs=2", "rounds=2", lanes}); };
    const auto one = with("lanes=1");
    CAPTURE(strategy);
    for (const auto* lanes : {"lanes=2", "lanes=3"}) {
      const auto many = with(lanes);
      CHECK(difference(one, many) < kExact);
      const auto a = losses(one), b = losses(many);
      for (std::size_t i = 0; i < a.size(); ++i) CHECK(std::abs(a[i] - b[i]) < kExact);
    }
  }
}

TEST_CASE("dropout: a resumed run has the straight run's bits") {
  const auto straight = ran("fedavg", {"rounds=4"});
  const Folder folder;
  auto first = nano::federation("fedavg", {prompts(true), "rounds=2"});
  run(first, {folder.path, false, nullptr, {}});
  auto second = nano::federation("fedavg", {prompts(true), "rounds=4"});
  run(second, {folder.path, true, nullptr, {}});
  CHECK(difference(straight, second) == 0);
}

TEST_CASE("dropout: a trunk that drops out is not stored, one that stands before it is") {
  const Set heads = {"strategy.body_epochs=0", "strategy.head_epochs=3"};
  CHECK(difference(ran("fedrep", heads, "0.4"), ran("fedrep", heads, "0.0")) > 1e-6);
  const auto stores = [&](const std::string& dropout, const std::string& frozen) {
    const Begun it("fedavg", {prompts(true, dropout), "backbone.freeze=[\"" + frozen + "\"]"});
    return stores_features(it.turn, it.phase());
  };
  CHECK(stores("0.0", "!head"));
  CHECK_FALSE(stores("0.4", "!head"));
  CHECK_FALSE(stores("0.4", "!(head | blocks.1)"));
  CHECK(stores("0.4", "!(head | blocks)"));  // the trunk is the embedding
}
