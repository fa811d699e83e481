// Modules in a forward pass over lanes, and under training.
#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "core/backbone/weights.hpp"
#include "tests/contract/cases.hpp"
#include "tests/contract/federation.hpp"

namespace graft::contract {

namespace {

using core::Bound;

constexpr double kRounding = 1e-10;
constexpr std::int64_t kLanes = 3, kBatch = 2;

// A model with parameters for each lane, all different, and images.
struct Passes {
  core::Model model;
  Bound bound;        // [K, …]
  at::Tensor images;  // [K, B, 3, H, W]

  Passes(const Subject& subject, at::ScalarType dtype) : model(core::compose(manifest_of(subject), 3)) {
    auto generator = at::detail::createCPUGenerator(subject.seed);
    const auto options = at::TensorOptions(at::kDouble);
    for (const auto& spec : model.catalog.specs()) {
      auto sizes = spec.shape;
      sizes.insert(sizes.begin(), kLanes);
      const auto start = core::initial_values(spec, subject.seed).unsqueeze(0);  // zeros would hide what a module does
      bound.push_back(start.add(at::randn(sizes, generator, options), 0.1).to(dtype));
    }
    const auto size = model.vit.shape().image;
    images = at::randn({kLanes, kBatch, 3, size, size}, generator, options).to(dtype);
  }
  at::Tensor logits(const Bound& parameters) const {
    const at::NoGradGuard no_grad;
    return model.vit.forward(parameters, images, model.injections());
  }
  bool is_modules(std::size_t entry) const { return model.catalog.entries[entry].spec.role == "module"; }
};

void require_near(const at::Tensor& a, const at::Tensor& b, const std::string& between) {
  contract::require_near({{"the output", a}}, {{"the output", b}}, kRounding, between);
}

void require_same_bits(const at::Tensor& a, const at::Tensor& b, const std::string& between) {
  contract::require_same_bits({{"the output", a}}, {{"the output", b}}, between);
}

}  // namespace

// The host looks at the type of whatever a hook returns, and refuses another one.
void keeps_dtype_device(const Subject& subject) {
  for (const auto dtype : {at::kDouble, at::kFloat}) {
    const Passes passes(subject, dtype);
    const auto logits = passes.logits(passes.bound);
    const std::string type = c10::toString(dtype);
    if (logits.scalar_type() != dtype) throw Failed("from " + type + " came " + c10::toString(logits.scalar_type()));
    if (!logits.isfinite().all().item<bool>()) throw Failed("from finite numbers of " + type + " came some that are not finite");
  }
}

void one_or_many(const Subject& subject) {
  const Passes passes(subject, at::kDouble);
  Bound once, many;
  for (const auto& values : passes.bound) {
    once.push_back(values.narrow(0, 0, 1));
    many.push_back(once.back().expand(values.sizes()).contiguous());
  }
  const auto expected = passes.logits(many);
  require_near(passes.logits(once), expected, "between all parameters held once and a copy for each lane");
  for (const bool modules : {true, false}) {
    Bound mixed = many;
    for (std::size_t i = 0; i < mixed.size(); ++i) {
      if (passes.is_modules(i) == modules) mixed[i] = once[i];
    }
    const std::string held = modules ? "the module's" : "the backbone's";
    require_near(passes.logits(mixed), expected, "between " + held + " parameters held once and a copy for each lane");
  }
}

void no_lane_mixing(const Subject& subject) {
  Passes passes(subject, at::kDouble);
  const auto before = passes.logits(passes.bound);
  for (std::int64_t changed = 0; changed < kLanes; ++changed) {
    Bound other;
    for (const auto& values : passes.bound) {
      other.push_back(values.clone());
      other.back()[changed].mul_(1.5).add_(0.25);
    }
    const auto images = passes.images;
    passes.images = images.clone();
    passes.images[changed].neg_();
    const auto after = passes.logits(other);
    passes.images = images;
    for (std::int64_t lane = 0; lane < kLanes; ++lane) {
      if (lane == changed) continue;
      require_same_bits(before[lane], after[lane],
                        "in lane " + std::to_string(lane) + " where only lane " + std::to_string(changed) + " has changed");
    }
  }
}

void eval_deterministic(const Subject& subject) {
  const Passes passes(subject, at::kDouble), others(subject, at::kDouble);
  const auto first = passes.logits(passes.bound);
  require_same_bits(first, passes.logits(passes.bound), "between two passes");
  require_same_bits(first, others.logits(others.bound), "between two instances");
}

void gradients_reach(const Subject& subject) {
  constexpr std::int64_t kRounds = 3;
  auto federation = small(subject, {"rounds=3", "training.optimizer.weight_decay=0"});
  const auto start = federation.server.shared.clone();
  play(federation, kRounds);
  for (const auto& entry : federation.model.catalog.entries) {
    if (entry.spec.module != subject.id || entry.where != core::Where::shared) continue;
    const auto of = [&](const at::Tensor& row) { return row[0].narrow(0, entry.offset, entry.spec.count()); };
    const auto moved = (of(federation.server.shared) - of(start)).abs().max().item<double>();
    if (moved > kRounding) continue;  // below, it is the mean's own rounding
    throw Failed("'" + entry.spec.name + "' has not moved in " + std::to_string(kRounds) +
                 " rounds of training: no gradient reaches it, or the module does not use it");
  }
}

void merged_equals_running(const Subject& subject) {
  const Passes passes(subject, at::kDouble);
  const auto mergings = passes.model.modules->mergings();
  std::size_t merged_tensors = 0;
  for (const auto& merging : mergings) merged_tensors += merging.tensors.size();
  if (merged_tensors < passes.model.modules->tensors().size()) throw Skipped("it does not say how all of it is merged");
  const at::NoGradGuard no_grad;
  Bound bound = passes.bound;
  for (const auto& merging : mergings) bound[merging.weight] = passes.model.modules->merged(merging, passes.bound);
  const auto without = passes.model.vit.forward(bound, passes.images, nullptr);
  require_near(passes.logits(passes.bound), without, "between the module and its merged weights");
}

}  // namespace graft::contract
