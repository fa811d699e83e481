// Each check is a few lines: what is wrong, and at which key it is said.
#include "core/manifest/checks.hpp"

#include <string_view>

#include "core/base/text.hpp"
#include "core/manifest/literal.hpp"

namespace graft::core {

namespace {

bool given(const Manifest& m, const std::string& key) { return m.places.count(key) > 0; }

[[noreturn]] void refuse(const Manifest& m, const std::string& key, const std::string& what) {
  throw error_at(place_of(m, key), what);
}

void check_required(const Manifest& m, Needs needs) {
  if (!given(m, "data.source")) {
    refuse(m, "data.source", "required key 'data.source' is missing: shapes, cifar10, cifar100, medmnist, idx or images");
  }
  if (needs == Needs::strategy && !given(m, "strategy.use")) {
    refuse(m, "strategy.use", "required key 'strategy.use' is missing: it names the plugin");
  }
}

// The name becomes a folder's.
void check_name(const Manifest& m) {
  bool fit = !m.name.empty() && m.name != "." && m.name != "..";
  for (const char c : m.name) fit = fit && c != '/' && static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  if (!fit) refuse(m, "name", "'name' must be fit for a folder, found " + literal(m.name));
}

void check_device(const Manifest& m) {
  const std::vector<std::string> known{"auto", "cpu", "cuda"};
  for (const auto& name : known) {
    if (m.device == name) return;
  }
  constexpr std::string_view kNumbered = "cuda:";
  const bool numbered = m.device.compare(0, kNumbered.size(), kNumbered) == 0;
  const auto number = numbered ? m.device.substr(kNumbered.size()) : "";
  if (!number.empty() && number.size() < 4 && number.find_first_not_of("0123456789") == std::string::npos) return;
  refuse(m, "device",
         "'device' must be one of auto, cpu, cuda, cuda:N, found the text " + literal(m.device) +
             (m.device == "gpu" ? ", did you mean 'cuda'?" : did_you_mean(m.device, known)));
}

void check_split(const Manifest& m) {
  if (m.data.split.by == "file" && m.data.skip_broken) {
    refuse(m, "data.skip_broken",
           "'data.skip_broken' leaves samples out, by whose numbers a split by \"file\" would then go wrong");
  }
  if (m.data.split.by == "file" && m.data.split.path.empty()) {
    refuse(m, "data.split.by", "a split by \"file\" needs 'data.split.path'");
  }
}

void check_augmentation(const Manifest& m) {
  if (m.data.augment.crop < m.backbone.image_size) return;
  refuse(m, "data.augment.crop",
         "'data.augment.crop' = " + std::to_string(m.data.augment.crop) + " must be below backbone.image_size = " +
             std::to_string(m.backbone.image_size) + ", or nothing of an image may be left");
}

void check_cohort(const Manifest& m) {
  const auto* count = std::get_if<std::int64_t>(&m.training.cohort);
  if (count != nullptr && !clients_left_to_split(m) && *count > m.data.clients) {
    refuse(m, "training.cohort",
           "'training.cohort' asks for " + std::to_string(*count) + " clients a round, but there are " +
               std::to_string(m.data.clients) + " ('data.clients'); 1.0 means all of them");
  }
}

void check_optimizer(const Manifest& m) {
  const auto& optimizer = m.training.optimizer;
  if (optimizer.use != "sgd" && optimizer.momentum != 0) {
    refuse(m, "training.optimizer.momentum", "'training.optimizer.momentum' is of sgd only, not of " + optimizer.use);
  }
  if (m.server.optimizer != "sgd" && m.server.momentum != 0) {
    refuse(m, "server.optimizer.momentum", "'server.optimizer.momentum' is of sgd only, not of " + m.server.optimizer);
  }
  if (m.server.optimizer != "sgd" && !given(m, "server.optimizer.lr")) {
    refuse(m, "server.optimizer.use",
           "the server's " + m.server.optimizer +
               " needs 'server.optimizer.lr', such as 0.01: what suits the mean itself, 1, does not");
  }
  const auto& schedule = m.training.lr_schedule;
  if (schedule.use == "step" && schedule.at.empty()) {
    refuse(m, "training.lr_schedule.use", "a schedule of steps needs 'training.lr_schedule.at', a list of rounds");
  }
}

}  // namespace

bool clients_left_to_split(const Manifest& m) {
  return (m.data.split.by == "file" || m.data.split.by == "users") && !given(m, "data.clients");
}

std::vector<std::string> idle_keys(const Manifest& m) {
  const Manifest plain;
  const auto& split = m.data.split;
  const bool shapes = m.data.source == "shapes", steps = m.training.lr_schedule.use == "step";
  const bool adaptive = m.server.optimizer != "sgd";
  struct Rule {
    const char* key;
    bool serves, as_by_default;
    const char* reader;
  };
  const Rule rules[] = {
      {"data.samples", shapes, m.data.samples == plain.data.samples, "source = \"shapes\""},
      {"data.path", !shapes, m.data.path.empty() && m.data.files.empty(), "a source that is files"},
      {"data.labels", m.data.source == "cifar100", m.data.labels == plain.data.labels, "source = \"cifar100\""},
      {"data.skip_broken", m.data.source == "images", !m.data.skip_broken, "source = \"images\""},
      {"data.split.alpha", split.by == "dirichlet" || split.by == "domain", split.alpha == plain.data.split.alpha,
       R"(a split by "dirichlet" or "domain")"},
      {"data.split.classes_per_client", split.by == "shards", split.classes_per_client == plain.data.split.classes_per_client,
       "a split by \"shards\""},
      {"data.split.path", split.by == "file", split.path.empty(), "a split by \"file\""},
      {"training.lr_schedule.at", steps, m.training.lr_schedule.at.empty(), "a schedule of steps"},
      {"training.lr_schedule.factor", steps, m.training.lr_schedule.factor == plain.training.lr_schedule.factor,
       "a schedule of steps"},
      {"server.optimizer.beta1", adaptive, m.server.beta1 == plain.server.beta1, "the server's adam or yogi"},
      {"server.optimizer.beta2", adaptive, m.server.beta2 == plain.server.beta2, "the server's adam or yogi"},
      {"server.optimizer.tau", adaptive, m.server.tau == plain.server.tau, "the server's adam or yogi"},
  };
  std::vector<std::string> said;
  for (const auto& rule : rules) {
    if (rule.serves || rule.as_by_default || !given(m, rule.key)) continue;
    const auto what = "'" + std::string(rule.key) + "' has no effect here: only " + rule.reader + " reads it";
    said.emplace_back(error_at(place_of(m, rule.key), what).what());
  }
  return said;
}

void check_manifest(const Manifest& m, Needs needs) {
  check_required(m, needs);
  check_name(m);
  check_device(m);
  check_split(m);
  check_augmentation(m);
  check_cohort(m);
  check_optimizer(m);
}

}  // namespace graft::core
