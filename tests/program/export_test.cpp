// What `graft export` writes, and what it refuses.
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "tests/program/program.hpp"

namespace graft::tests {

namespace {

// The header of a safetensors file: names to dtype and shape.
nlohmann::json tensors_in(const Folder& folder, const std::string& file) {
  const auto bytes = folder.read(file);
  std::uint64_t length = 0;
  if (bytes.size() >= 8) std::memcpy(&length, bytes.data(), 8);
  return nlohmann::json::parse(bytes.substr(8, length));
}

}  // namespace

TEST_CASE("what is shared and what is a client's own, under timm's names, clients never sampled too") {
  const Folder folder;
  REQUIRE(folder.graft({"run", folder.manifest("fedperfix"), "--set", "rounds=1", "--set", "training.cohort=1"}).status == 0);
  const auto outcome = folder.graft({"export", "runs/small", "--out", "models"});
  INFO(outcome.err);
  REQUIRE(outcome.status == 0);
  CHECK(folder.names("models") == std::vector<std::string>{"client-0000.safetensors", "client-0001.safetensors",
                                                           "client-0002.safetensors", "client-0003.safetensors",
                                                           "shared.safetensors"});
  const auto shared = tensors_in(folder, "models/shared.safetensors"), own = tensors_in(folder, "models/client-0003.safetensors");
  CHECK(shared.at("blocks.1.attn.qkv.weight").at("shape") == nlohmann::json({96, 32}));
  CHECK(shared.at("cls_token").at("dtype") == "F32");
  CHECK(!shared.contains("head.weight"));
  CHECK(own.at("head.weight").at("shape") == nlohmann::json({4, 32}));
  CHECK(own.at("blocks.0.prefix.up.weight").at("shape") == nlohmann::json({64, 256}));
  CHECK(!own.contains("cls_token"));
}

TEST_CASE("kept rows stand beside the personal tensors, frozen tensors among the shared, fp64 stays fp64") {
  const Folder folder;
  const auto run = folder.graft({"run", folder.manifest("apfl"), "--set", "rounds=1", "--set", "precision=fp64", "--set",
                                 "backbone.freeze=[\"patch_embed\"]", "--out", "run"});
  INFO(run.err);
  REQUIRE(run.status == 0);
  REQUIRE(folder.graft({"export", "run", "--out", "models"}).status == 0);
  const auto own = tensors_in(folder, "models/client-0000.safetensors");
  CHECK(own.at("kept.alpha").at("shape") == nlohmann::json({1}));
  CHECK(own.at("kept.twin.head.bias").at("dtype") == "F64");
  CHECK(!own.contains("kept.twin.patch_embed.proj.weight"));
  CHECK(tensors_in(folder, "models/shared.safetensors").contains("patch_embed.proj.weight"));
}

TEST_CASE("clients without tensors of their own get no file") {
  const Folder folder;
  REQUIRE(folder.graft({"run", folder.manifest(), "--set", "rounds=1", "--out", "run"}).status == 0);
  const auto outcome = folder.graft({"export", "run", "--out", "models"});
  CHECK(outcome.out == "wrote shared.safetensors into 'models', after round 1 of 1; no client has tensors of its own\n");
  CHECK(folder.names("models") == std::vector<std::string>{"shared.safetensors"});
}

namespace {

// A run of fp64 with modules and its exports, plain and merged.
struct Exports {
  Exports(const std::string& modules, const std::string& strategy) {
    const auto run = folder.graft({"run", folder.manifest(strategy), "--set", "rounds=1", "--set", "precision=fp64", "--set",
                                   "modules=[" + modules + "]", "--set", "backbone.freeze=[\"!(head | module)\"]", "--out", "run"});
    INFO(run.err);
    REQUIRE(run.status == 0);
    REQUIRE(folder.graft({"export", "run", "--out", "plain"}).status == 0);
    merged = folder.graft({"export", "run", "--out", "merged", "--merge"});
    INFO(merged.err);
    REQUIRE(merged.status == 0);
  }
  Folder folder;
  Outcome merged;
};

// A tensor's numbers, [rows, columns].
std::vector<double> numbers(const Folder& folder, const std::string& file, const std::string& name) {
  const auto bytes = folder.read(file);
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  const auto place = tensors_in(folder, file).at(name).at("data_offsets");
  const auto first = place[0].get<std::size_t>(), last = place[1].get<std::size_t>();
  std::vector<double> values((last - first) / sizeof(double));
  std::memcpy(values.data(), bytes.data() + 8 + length + first, last - first);
  return values;
}

}  // namespace

TEST_CASE("merged: a client's own low-rank change stands in its own weight") {
  const Exports it(R"({use="lora", rank=2, alpha=6})", "fedperfix");
  CHECK(it.merged.out.find("cannot be merged") == std::string::npos);
  const std::string weight = "blocks.0.attn.qkv.weight", own = "/client-0001.safetensors";
  CHECK(tensors_in(it.folder, "plain/shared.safetensors").contains(weight));
  CHECK(tensors_in(it.folder, "merged/shared.safetensors").contains(weight));
  CHECK(tensors_in(it.folder, "plain" + own).contains("blocks.0.attn.qkv.lora.a"));
  CHECK(!tensors_in(it.folder, "merged" + own).contains("blocks.0.attn.qkv.lora.a"));
  CHECK(tensors_in(it.folder, "merged" + own).contains("head.bias"));
  const auto w = numbers(it.folder, "plain/shared.safetensors", weight), merged = numbers(it.folder, "merged" + own, weight);
  const auto a = numbers(it.folder, "plain" + own, "blocks.0.attn.qkv.lora.a"),
             b = numbers(it.folder, "plain" + own, "blocks.0.attn.qkv.lora.b");
  REQUIRE(merged.size() == 96 * 32);
  double largest = 0;
  for (std::size_t i = 0; i < merged.size(); ++i) {
    const auto out = i / 32, in = i % 32;
    const double expected = w[i] + 3 * (b[out * 2] * a[in] + b[out * 2 + 1] * a[32 + in]);
    largest = std::max(largest, std::abs(merged[i] - expected));
  }
  CHECK(largest < 1e-15);
}

TEST_CASE("merged: what is everybody's is merged once, and what cannot be merged is written as ever") {
  const Exports it(R"({use="lora", rank=2}, {use="adapter", bottleneck=4})", "fedavg");
  CHECK(it.merged.out.find("module 'adapter' cannot be merged into weights: its 8 tensors are written as ever\n") !=
        std::string::npos);
  CHECK(it.folder.names("merged") == std::vector<std::string>{"shared.safetensors"});
  const auto shared = tensors_in(it.folder, "merged/shared.safetensors");
  CHECK(!shared.contains("blocks.1.attn.qkv.lora.b"));
  CHECK(shared.contains("blocks.1.adapter.up.weight"));
  CHECK(numbers(it.folder, "merged/shared.safetensors", "blocks.1.attn.qkv.weight") !=
        numbers(it.folder, "plain/shared.safetensors", "blocks.1.attn.qkv.weight"));
  CHECK(numbers(it.folder, "merged/shared.safetensors", "blocks.1.attn.proj.weight") ==
        numbers(it.folder, "plain/shared.safetensors", "blocks.1.attn.proj.weight"));
}

TEST_CASE("merged: a run without modules says so") {
  const Folder folder;
  REQUIRE(folder.graft({"run", folder.manifest(), "--set", "rounds=1", "--out", "run"}).status == 0);
  const auto outcome = folder.graft({"export", "run", "--out", "models", "--merge"});
  CHECK(outcome.status == 0);
  CHECK(outcome.out.find("\nthere is no module to merge\n") != std::string::npos);
}

TEST_CASE("an export that cannot be is refused") {
  const Folder folder;
  folder.write("full/notes.txt", "mine");
  folder.write("begun/manifest.toml", "");
  const auto line = [&](const Words& words, int status) {
    const auto outcome = folder.graft(words);
    CHECK(outcome.status == status);
    return outcome.first_line();
  };
  CHECK(line({"export", "none", "--out", "models"}, 4) == "'none': there is no such run");
  CHECK(line({"export", "full", "--out", "models"}, 4) == "'full' is no run's folder: it has no manifest.toml");
  CHECK(line({"export", "begun", "--out", "models"}, 4) == "'begun' has no checkpoint yet");
  CHECK(line({"export", "begun", "--out", "full"}, 2) == "'full' is there already and not an empty folder");
  CHECK(folder.names() == std::vector<std::string>{"begun", "full"});
}

TEST_CASE("what lies on weights that would be merged is not merged away") {
  const Folder folder;
  const auto run =
      folder.graft({"run", folder.manifest("apfl", "[[modules]]\nuse = \"lora\"\n"), "--set", "rounds=1", "--out", "run"});
  INFO(run.err);
  REQUIRE(run.status == 0);
  const auto merged = folder.graft({"export", "run", "--out", "models", "--merge"});
  CHECK(merged.status == 2);
  CHECK(merged.first_line() == "--merge: 'twin' of strategy 'apfl' lies on the weights that would be merged");
  CHECK(folder.names("models").empty());
  CHECK(folder.graft({"export", "run", "--out", "models"}).status == 0);
}

}  // namespace graft::tests
