// What `graft export` writes, and what it refuses.
#include <catch2/catch_test_macros.hpp>
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

}  // namespace graft::tests
