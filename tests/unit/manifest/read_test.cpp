// What a manifest says arrives in its struct, key by key.
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "parsing.hpp"

using namespace graft::core;
namespace fs = std::filesystem;

TEST_CASE("the defaults are the design's") {
  const auto m = parsed_with_required("");
  CHECK(m.name == "m");
  CHECK(m.seed == 0);
  CHECK(m.rounds == 50);
  CHECK(m.device == "auto");
  CHECK(m.precision == "fp32");
  CHECK(m.lanes == 0);
  CHECK(m.data.labels == "fine");
  CHECK(m.data.classes == 0);
  CHECK(m.data.samples == 200);
  CHECK(m.data.clients == 16);
  CHECK(m.data.split.by == "dirichlet");
  CHECK(m.data.split.alpha == 0.5);
  CHECK(m.data.min_samples == 0);
  CHECK(m.data.test_fraction == 0.25);
  CHECK(m.data.shuffle);
  CHECK_FALSE(m.data.augment.flip);
  CHECK(m.data.augment.crop == 0);
  CHECK_FALSE(m.data.skip_broken);
  CHECK(m.data.memory_gib == 4.0);
  CHECK(m.data.split.classes_per_client == 2);
  CHECK(m.data.mean == std::vector<double>{0.5});
  CHECK(m.data.std == std::vector<double>{0.5});
  CHECK(m.backbone.preset.empty());
  CHECK(m.backbone.image_size == 32);
  CHECK(m.backbone.patch_size == 4);
  CHECK(m.backbone.width == 192);
  CHECK(m.backbone.depth == 6);
  CHECK(m.backbone.heads == 3);
  CHECK(m.backbone.mlp_ratio == 4.0);
  CHECK(m.modules.empty());
  CHECK(std::get<double>(m.training.cohort) == 1.0);
  CHECK(m.training.epochs == 1);
  CHECK(m.training.batch == 64);
  CHECK_FALSE(m.training.drop_last);
  CHECK(m.training.optimizer.use == "sgd");
  CHECK(m.training.optimizer.lr == 0.01);
  CHECK(m.training.lr_schedule.use == "constant");
  CHECK(m.training.clip_norm == 0.0);
  CHECK(m.server.lr == 1.0);
  CHECK(m.evaluation.every == 1);
  CHECK(m.evaluation.when == "after_merge");
  CHECK(m.evaluation.batch == 0);
  CHECK(m.checkpoint_every == 1);
  CHECK(m.hook_limit_s == 60);
}

TEST_CASE("every served key arrives") {
  const auto m = parsed(R"(
name = "run"
seed = 9223372036854775807
rounds = 0
device = "cuda:1"
precision = "fp64"
lanes = 4
[data]
source = "cifar100"
path = ["a.bin", "/b/../c.bin"]
labels = "coarse"
classes = 7
samples = 11
clients = 5
split = { by = "file", alpha = 2, path = "split.json" }
min_samples = 3
test_fraction = 0
shuffle = false
mean = [0.1, 0.2, 0.3]
std = 1
[backbone]
image_size = 48
patch_size = 8
width = 60
depth = 2
heads = 3
mlp_ratio = 2
weights = "sub/w.safetensors"
freeze = ["attn", "blocks.0"]
[training]
cohort = 0.5
epochs = 2
batch = 16
drop_last = true
optimizer = { use = "sgd", lr = 0.1, momentum = 0.9, weight_decay = 1e-4 }
lr_schedule = { use = "step", at = [10, 20], factor = 0.5 }
clip_norm = 1.5
[server]
optimizer = { use = "sgd", lr = 0.7, momentum = 0.3 }
[evaluation]
every = 0
when = "before_merge"
batch = 256
[checkpoint]
every_rounds = 3
[plugins]
hook_limit_s = 2.5
paths = ["p", "/q"]
[strategy]
use = "fedperfix"
)");
  CHECK(m.name == "run");
  CHECK(m.seed == 9223372036854775807u);
  CHECK(m.rounds == 0);
  CHECK(m.device == "cuda:1");
  CHECK(m.precision == "fp64");
  CHECK(m.lanes == 4);
  CHECK(m.data.source == "cifar100");
  CHECK(m.data.path.empty());
  CHECK(m.data.files == std::vector<fs::path>{"/folder/a.bin", "/c.bin"});
  CHECK(m.data.labels == "coarse");
  CHECK(m.data.classes == 7);
  CHECK(m.data.samples == 11);
  CHECK(m.data.clients == 5);
  CHECK(m.data.split.by == "file");
  CHECK(m.data.split.alpha == 2.0);
  CHECK(m.data.split.path == "/folder/split.json");
  CHECK(m.data.min_samples == 3);
  CHECK(m.data.test_fraction == 0.0);
  CHECK_FALSE(m.data.shuffle);
  CHECK(m.data.mean == std::vector<double>{0.1, 0.2, 0.3});
  CHECK(m.data.std == std::vector<double>{1.0});
  CHECK(m.backbone.image_size == 48);
  CHECK(m.backbone.patch_size == 8);
  CHECK(m.backbone.width == 60);
  CHECK(m.backbone.depth == 2);
  CHECK(m.backbone.mlp_ratio == 2.0);
  CHECK(m.backbone.weights == "/folder/sub/w.safetensors");
  CHECK(m.backbone.weights_place.line == 28);
  CHECK(m.backbone.freeze == std::vector<std::string>{"attn", "blocks.0"});
  CHECK(std::get<double>(m.training.cohort) == 0.5);
  CHECK(m.training.epochs == 2);
  CHECK(m.training.batch == 16);
  CHECK(m.training.drop_last);
  CHECK(m.training.optimizer.momentum == 0.9);
  CHECK(m.training.optimizer.weight_decay == 1e-4);
  CHECK(m.training.lr_schedule.at == std::vector<std::int64_t>{10, 20});
  CHECK(m.training.lr_schedule.factor == 0.5);
  CHECK(m.training.clip_norm == 1.5);
  CHECK(m.server.lr == 0.7);
  CHECK(m.server.momentum == 0.3);
  CHECK(m.evaluation.every == 0);
  CHECK(m.evaluation.when == "before_merge");
  CHECK(m.evaluation.batch == 256);
  CHECK(m.checkpoint_every == 3);
  CHECK(m.hook_limit_s == 2.5);
  CHECK(m.plugin_paths == std::vector<fs::path>{"/folder/p", "/q"});
}

TEST_CASE("one path is a path, \"auto\" is auto, one selector is a list of one") {
  const auto m =
      parsed_with_required("lanes = \"auto\"\nevaluation.batch = \"auto\"\ndata.path = [\"d\"]\nbackbone.freeze = \"attn\"");
  CHECK(m.lanes == 0);
  CHECK(m.evaluation.batch == 0);
  CHECK(m.data.path == "/folder/d");
  CHECK(m.data.files.empty());
  CHECK(m.backbone.freeze == std::vector<std::string>{"attn"});
  CHECK(parsed_with_required("data.path = \"~/d\"").data.path == "/folder/~/d");
}

TEST_CASE("a preset gives the fields that are not given") {
  const auto tiny = parsed_with_required("backbone = { preset = \"vit_tiny_patch16_224\" }").backbone;
  CHECK((tiny.image_size == 224 && tiny.patch_size == 16 && tiny.width == 192 && tiny.depth == 12 && tiny.heads == 3));
  const auto small = parsed_with_required("backbone = { image_size = 32, preset = \"vit_small_patch16_224\", depth = 6 }").backbone;
  CHECK((small.image_size == 32 && small.patch_size == 16 && small.width == 384 && small.depth == 6 && small.heads == 6));
  const auto base = parsed_with_required("", {"backbone.preset=vit_base_patch16_224", "backbone.patch_size=4"}).backbone;
  CHECK((base.image_size == 224 && base.patch_size == 4 && base.width == 768 && base.depth == 12 && base.heads == 12));
}

TEST_CASE("plugins keep their options, as written and with their places") {
  const auto m = parsed(R"(
data.source = "shapes"
[[modules]]
use = "prefix"
bottleneck = 256
scale = 1.5
[[modules]]
use = "lora"
targets = ["attn.qkv", "mlp & blocks.1", "head"]
none = []
[strategy]
mode = "x"
use = "apfl"
adaptive = true
)");
  REQUIRE(m.modules.size() == 2);
  CHECK(m.modules[0].id == "prefix");
  CHECK(m.modules[0].place.line == 4);
  REQUIRE(m.modules[0].options.size() == 2);
  CHECK(m.modules[0].options[0].name == "bottleneck");
  CHECK(std::get<std::int64_t>(m.modules[0].options[0].value) == 256);
  CHECK(std::get<double>(m.modules[0].options[1].value) == 1.5);
  CHECK(m.modules[0].options[1].place.line == 6);
  CHECK(m.modules[0].options[1].place.column == 9);
  CHECK(std::get<std::string>(m.modules[1].options[0].value) == "attn.qkv|(mlp & blocks.1)|head");
  CHECK(std::get<std::string>(m.modules[1].options[1].value).empty());
  CHECK(m.strategy.id == "apfl");
  CHECK(std::get<std::string>(m.strategy.options[0].value) == "x");
  CHECK(std::get<bool>(m.strategy.options[1].value));
}

TEST_CASE("options of other types are refused") {
  const std::string must = " must be true or false, a finite number, a text or a list of texts, found ";
  CHECK(said_of("[[modules]]\nuse = \"a\"\nx = {}") == "m.toml:3:5: 'modules.0.x'" + must + "a table");
  CHECK(said_of("[[modules]]\nuse = \"a\"\nx = nan") == "m.toml:3:5: 'modules.0.x'" + must + "nan");
  CHECK(said_of("[[modules]]\nuse = \"a\"\nx = 2020-01-01") == "m.toml:3:5: 'modules.0.x'" + must + "a date or time");
  CHECK(said_of("[[modules]]\nuse = \"a\"\nx = [\"a\", 1]") == "m.toml:3:11: 'modules.0.x'" + must + "1 in a list");
  CHECK(said_of("[[modules]]\nuse = 3") == "m.toml:2:7: 'modules.0.use' must be the name of a plugin, found 3");
  CHECK(said_of("[[modules]]\nuse = \"\"") == "m.toml:2:7: 'modules.0.use' must be the name of a plugin, found the text \"\"");
  CHECK(said_of("[modules]\nuse = \"a\"") ==
        "m.toml:1:1: 'modules' must be a list of tables, each under [[modules]], found a table");
  CHECK(said_of("modules = [3]") == "m.toml:1:12: 'modules.0' must be a table with 'use', found 3");
  CHECK(std::string(error_of([] { parsed("strategy = \"fedavg\""); }).what()) ==
        "m.toml:1:12: 'strategy' must be a table with 'use', found the text \"fedavg\"");
}

TEST_CASE("the place of a key, or of what encloses it") {
  const auto m = parsed("rounds = 3\n[data]\nsource = \"shapes\"\nsplit = { alpha = 2 }\n[strategy]\nuse = \"fedavg\"\n");
  const auto at = [&m](const std::string& key) {
    const auto place = place_of(m, key);
    return std::to_string(place.line) + ":" + std::to_string(place.column);
  };
  CHECK(at("rounds") == "1:10");
  CHECK(at("data.clients") == "2:1");
  CHECK(at("data.split.alpha") == "4:19");
  CHECK(at("data.split.by") == "4:9");
  CHECK(at("strategy") == "5:1");
  CHECK(at("backbone.width") == "1:1");
  CHECK(error_of([&] { throw error_at(place_of(m, "data.clients"), "too few", Exit::data); }).what() ==
        std::string("m.toml:2:1: too few"));
  CHECK(place_of(Manifest(), "rounds").text == nullptr);
  CHECK(std::string(error_at({}, "plain").what()) == "plain");
}

TEST_CASE("a manifest from a file") {
  const auto folder = fs::temp_directory_path() / ("graft-manifest-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const auto file = folder / "first.run.toml";
  std::ofstream(file) << with_required("data.path = \"d\"\nrouns = 3\n");
  const auto said = [](const fs::path& path) { return error_of([&] { read_manifest(path, {}); }); };
  CHECK(said(file).what() == file.string() + ":4:1: unknown key 'rouns', did you mean 'rounds'?");
  std::ofstream(file) << with_required("data.path = \"d\"\n");
  const auto m = read_manifest(file, {"backbone.weights=w"});
  CHECK(m.name == "first.run");
  CHECK(m.data.path == folder / "d");
  CHECK(m.backbone.weights == fs::current_path() / "w");
  CHECK(read_manifest(fs::relative(file), {}).data.path == folder / "d");
  const auto before = fs::current_path();
  fs::current_path(folder);
  CHECK(read_manifest("first.run.toml", {}).data.path == fs::current_path() / "d");
  fs::current_path(before);

  CHECK(said(folder / "none.toml").what() == "cannot read '" + (folder / "none.toml").string() + "': No such file or directory");
  CHECK(said(folder / "none.toml").status == Exit::usage);
  CHECK(said(folder).what() == "cannot read '" + folder.string() + "': Is a directory");
  CHECK(said("/dev/zero").what() == std::string("cannot read '/dev/zero': larger than 1.0 MiB"));
  fs::remove_all(folder);
}
