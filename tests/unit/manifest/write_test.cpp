// What is written reads back as the same manifest.
#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "core/manifest/literal.hpp"
#include "parsing.hpp"

using namespace graft::core;
namespace fs = std::filesystem;

namespace {

Manifest again(const Manifest& manifest) { return parse_manifest(to_toml(manifest), "other.toml", "/elsewhere", {}); }

}  // namespace

TEST_CASE("the resolved form of a short manifest") {
  CHECK(to_toml(parsed_with_required("data.path = \"d\"\nmodules = [{ use = \"prefix\", scale = 1.5, \"odd key\" = 2 }]")) ==
        R"(name = "m"
seed = 0
rounds = 50
device = "auto"
precision = "fp32"
lanes = "auto"
workers = "auto"
deterministic = false

[data]
source = "shapes"
path = "/folder/d"
labels = "fine"
classes = "auto"
samples = 200
clients = 16
split = { by = "dirichlet", alpha = 0.5, classes_per_client = 2 }
min_samples = 0
test_fraction = 0.25
validation_fraction = 0.0
shuffle = true
augment = { flip = false, crop = 0 }
skip_broken = false
memory_gib = 4.0
mean = 0.5
std = 0.5

[backbone]
image_size = 32
patch_size = 4
width = 192
depth = 6
heads = 3
mlp_ratio = 4.0
freeze = []

[[modules]]
use = "prefix"
scale = 1.5
"odd key" = 2

[strategy]
use = "fedavg"

[training]
cohort = 1.0
epochs = 1
batch = 64
drop_last = false
optimizer = { use = "sgd", lr = 0.01, momentum = 0.0, weight_decay = 0.0 }
lr_schedule = { use = "constant", at = [], factor = 0.1 }
clip_norm = 0.0

[server]
optimizer = { use = "sgd", lr = 1.0, momentum = 0.0, beta1 = 0.9, beta2 = 0.99, tau = 0.001 }

[evaluation]
every = 1
when = "after_merge"
batch = "auto"
clients = "all"

[checkpoint]
every_rounds = 1

[plugins]
hook_limit_s = 60.0
paths = []
)");
}

TEST_CASE("reading what was written gives the same manifest") {
  auto m = parsed_with_required(R"(
seed = 9223372036854775807
lanes = 3
data.path = ["a b.bin", "c\"d.bin"]
data.split = { by = "file", path = "s'.json" }
data.clients = 7
data.mean = [0.1, 0.2, 0.30000000000000004]
backbone = { preset = "vit_small_patch16_224", depth = 2, weights = "w", freeze = ["attn | !head"] }
training = { cohort = 3, lr_schedule = { use = "step", at = [1, 2] }, optimizer = { use = "adamw", lr = 1e-300 } }
evaluation.batch = 12
plugins.paths = ["p"]
modules = [{ use = "a", list = ["x", "y&z"], yes = true, whole = 1, real = 1.0, text = "1" }, { use = "b" }]
)");
  m.name = "quotes \" ' \\ and more: ü€😀";
  const auto r = again(m);
  CHECK(to_toml(r) == to_toml(m));
  CHECK(r.seed == m.seed);
  CHECK(r.lanes == 3);
  CHECK(r.data.files == std::vector<fs::path>{"/folder/a b.bin", "/folder/c\"d.bin"});
  CHECK(r.data.split.path == "/folder/s'.json");
  CHECK(r.data.mean == m.data.mean);
  CHECK(r.backbone.preset == "vit_small_patch16_224");
  CHECK(r.backbone.depth == 2);
  CHECK(r.backbone.width == 384);
  CHECK(r.backbone.weights == "/folder/w");
  CHECK(r.backbone.freeze == m.backbone.freeze);
  CHECK(r.training.cohort == m.training.cohort);
  CHECK(r.training.lr_schedule.at == m.training.lr_schedule.at);
  CHECK(r.training.optimizer.lr == 1e-300);
  REQUIRE(r.modules.size() == 2);
  REQUIRE(r.modules[0].options.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) CHECK(r.modules[0].options[i].value == m.modules[0].options[i].value);
}

TEST_CASE("a name and options with any text in them read back") {
  auto m = parsed_with_required("");
  std::string odd;
  for (char c = 1; c < 127; ++c) odd += c;
  odd += "\x7fü\n\r\n";
  m.strategy.options.push_back({"odd", odd, {}});
  m.strategy.options.push_back({"odd \" key\n", true, {}});
  const auto r = again(m);
  CHECK(std::get<std::string>(r.strategy.options.at(0).value) == odd);
  CHECK(r.strategy.options.at(1).name == "odd \" key\n");
}

TEST_CASE("doubles read back to the bit") {
  auto m = parsed_with_required("");
  for (const double value : {0.1, 1.0 / 3, 1e-300, 5e-324, 1.7976931348623157e308, 123456789.0, 1e22, 1e16, 0.30000000000000004}) {
    m.training.clip_norm = value;
    m.strategy.options = {{"x", value, {}}};
    const auto r = again(m);
    CHECK(r.training.clip_norm == value);
    CHECK(std::get<double>(r.strategy.options.at(0).value) == value);
  }
}

TEST_CASE("a split file's own number of clients is not overruled by the default") {
  const std::string by_file = "data.split = { by = \"file\", path = \"s.json\" }\n";
  CHECK(to_toml(parsed_with_required(by_file)).find("\nclients = 16") == std::string::npos);
  CHECK(to_toml(parsed_with_required(by_file + "data.clients = 16")).find("clients = 16") != std::string::npos);
  CHECK(again(parsed_with_required(by_file)).places.count("data.clients") == 0);
  const std::string by_users = "data.split = { by = \"users\" }\n";
  CHECK(to_toml(parsed_with_required(by_users)).find("\nclients = 16") == std::string::npos);
  CHECK(to_toml(parsed_with_required(by_users + "data.clients = 16")).find("clients = 16") != std::string::npos);
}

TEST_CASE("literals") {
  CHECK(literal(1.0) == "1.0");
  CHECK(literal(1e-5) == "1e-05");
  CHECK(literal(-std::numeric_limits<double>::infinity()) == "-inf");
  CHECK(literal(true) == "true");
  CHECK(literal(std::int64_t{-3}) == "-3");
  CHECK(literal(std::string("a\"\\\b\n\x01")) == "\"a\\\"\\\\\\b\\n\\u0001\"");
  CHECK(literal_key("a-b_1") == "a-b_1");
  CHECK(literal_key("") == "\"\"");
}
