// The list of keys. Defaults are the members' initial values; design decisions about ranges stand here and nowhere else.
#include "core/manifest/keys.hpp"

#include <cmath>
#include <cstdio>

#include "core/manifest/presets.hpp"

namespace graft::core {

namespace {

constexpr double kMost = 2147483647;  // of anything that is counted, so that products of two stay whole

Range at_least(double low) { return {.low = low}; }
Range above(double low) { return {.low = low, .without_low = true}; }
Range from_to(double low, double high) { return {.low = low, .high = high}; }
Range from_to_below(double low, double high) { return {.low = low, .high = high, .without_high = true}; }
const Range kCount = from_to(1, kMost), kCountOrNone = from_to(0, kMost);
const Range kRate = from_to(0, 1e30);  // a number in fp32, whatever the schedule makes of it

std::string number_text(double number) {
  if (number == std::floor(number) && std::abs(number) < 1e15) return std::to_string(static_cast<std::int64_t>(number));
  char text[32];
  std::snprintf(text, sizeof text, "%g", number);
  return text;
}

std::vector<Key> top_keys(Manifest& m) {
  return {
      {"base", OfStudy{}, {}},
      {"seeds", OfStudy{}, {}},
      {"variants", OfStudy{}, {}},
      {"grid", OfStudy{}, {}},
      {"baseline", OfStudy{}, {}},
      {"name", &m.name, {}},
      {"seed", &m.seed, at_least(0)},
      {"rounds", &m.rounds, kCountOrNone},
      {"device", &m.device, {}},
      {"precision", &m.precision, Choices{{"fp32", "fp64"}, {"bf16", "tf32"}}},
      {"lanes", OrAuto{&m.lanes}, kCount},
      {"workers", NotYet{{"auto", std::int64_t{1}}}, {}},
      {"deterministic", NotYet{{false}}, {}},
  };
}

std::vector<Key> data_keys(DataSpec& d) {
  return {
      {"data.source", &d.source, Choices{source_names(), {}}},
      {"data.path", OneOrSeveral{&d.path, &d.files}, {}},
      {"data.labels", &d.labels, Choices{{"fine", "coarse"}, {}}},
      {"data.classes", OrAuto{&d.classes}, kCount},
      {"data.samples", &d.samples, kCount},
      {"data.clients", &d.clients, kCount},
      {"data.split.by", &d.split.by, Choices{{"iid", "dirichlet", "shards", "domain", "users", "file"}, {}}},
      {"data.split.alpha", &d.split.alpha, above(0)},
      {"data.split.classes_per_client", &d.split.classes_per_client, kCount},
      {"data.split.path", &d.split.path, {}},
      {"data.min_samples", &d.min_samples, kCountOrNone},
      {"data.test_fraction", &d.test_fraction, from_to_below(0, 1)},
      {"data.validation_fraction", &d.validation_fraction, from_to_below(0, 1)},
      {"data.shuffle", &d.shuffle, {}},
      {"data.augment.flip", &d.augment.flip, {}},
      {"data.augment.crop", &d.augment.crop, kCountOrNone},
      {"data.skip_broken", &d.skip_broken, {}},
      {"data.memory_gib", &d.memory_gib, Range{.low = 0, .high = 1e6, .without_low = true}},
      {"data.mean", &d.mean, {}},
      {"data.std", &d.std, above(0)},
  };
}

std::vector<Key> backbone_keys(BackboneSpec& b) {
  return {
      {"backbone.preset", &b.preset, Choices{preset_names(), {}}},
      {"backbone.image_size", &b.image_size, kCount},
      {"backbone.patch_size", &b.patch_size, kCount},
      {"backbone.width", &b.width, kCount},
      {"backbone.depth", &b.depth, kCount},
      {"backbone.heads", &b.heads, kCount},
      {"backbone.mlp_ratio", &b.mlp_ratio, above(0)},
      {"backbone.weights", &b.weights, {}},
      {"backbone.freeze", &b.freeze, {}},
  };
}

std::vector<Key> training_keys(TrainingSpec& t) {
  return {
      {"training.cohort", &t.cohort, {}},
      {"training.epochs", &t.epochs, kCount},
      {"training.batch", &t.batch, kCount},
      {"training.drop_last", &t.drop_last, {}},
      {"training.optimizer.use", &t.optimizer.use, Choices{{"sgd", "adamw"}, {}}},
      {"training.optimizer.lr", &t.optimizer.lr, kRate},
      {"training.optimizer.momentum", &t.optimizer.momentum, from_to_below(0, 1)},
      {"training.optimizer.weight_decay", &t.optimizer.weight_decay, at_least(0)},
      {"training.lr_schedule.use", &t.lr_schedule.use, Choices{{"constant", "step", "cosine"}, {}}},
      {"training.lr_schedule.at", &t.lr_schedule.at, kCountOrNone},
      {"training.lr_schedule.factor", &t.lr_schedule.factor, above(0)},
      {"training.clip_norm", &t.clip_norm, at_least(0)},
  };
}

std::vector<Key> other_keys(Manifest& m) {
  return {
      {"server.optimizer.use", &m.server.optimizer, Choices{{"sgd", "adam", "yogi"}, {}}},
      {"server.optimizer.lr", &m.server.lr, kRate},
      {"server.optimizer.momentum", &m.server.momentum, from_to_below(0, 1)},
      {"server.optimizer.beta1", &m.server.beta1, from_to_below(0, 1)},
      {"server.optimizer.beta2", &m.server.beta2, from_to_below(0, 1)},
      {"server.optimizer.tau", &m.server.tau, above(0)},
      {"evaluation.every", &m.evaluation.every, kCountOrNone},
      {"evaluation.when", &m.evaluation.when, Choices{{"after_merge", "before_merge"}, {}}},
      {"evaluation.batch", OrAuto{&m.evaluation.batch}, kCount},
      {"evaluation.clients", NotYet{{"all"}}, {}},
      {"checkpoint.every_rounds", &m.checkpoint_every, kCount},
      {"plugins.hook_limit_s", &m.hook_limit_s, above(0)},
      {"plugins.paths", &m.plugin_paths, {}},
  };
}

}  // namespace

bool Range::holds(double number) const {
  return std::isfinite(number) && (without_low ? number > low : number >= low) && (without_high ? number < high : number <= high);
}

std::string Range::text() const {
  if (std::isinf(low)) return "finite";
  if (!std::isinf(high) && !without_low && !without_high) return "from " + number_text(low) + " to " + number_text(high);
  const auto first = (without_low ? "above " : "at least ") + number_text(low);
  return std::isinf(high) ? first : first + " and " + (without_high ? "below " : "at most ") + number_text(high);
}

std::vector<Key> keys_of(Manifest& manifest) {
  auto keys = top_keys(manifest);
  const auto add = [&keys](const std::vector<Key>& more) { keys.insert(keys.end(), more.begin(), more.end()); };
  add(data_keys(manifest.data));
  add(backbone_keys(manifest.backbone));
  add({{"modules", &manifest.modules, {}}, {"strategy", &manifest.strategy, {}}});
  add(training_keys(manifest.training));
  add(other_keys(manifest));
  return keys;
}

std::vector<std::string> source_names() { return {"shapes", "cifar10", "cifar100", "medmnist", "idx", "images"}; }

}  // namespace graft::core
