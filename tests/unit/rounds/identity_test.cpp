// What a run is known by: what changes its results, and nothing else.
#include "core/rounds/identity.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "core/library/sha256.hpp"
#include "nano.hpp"

namespace graft::core {

namespace {

using nlohmann::ordered_json;

ordered_json identity(const std::vector<std::string>& overrides = {}, const FileSums& sums = {},
                      const std::string& strategy = "fedrep") {
  const auto manifest = parse_manifest(nano::manifest(strategy), "nano.toml", std::filesystem::current_path(), overrides);
  return identity_json(composed(manifest), sums);
}

}  // namespace

TEST_CASE("names, paths of plugins, checkpoints and memory are no part of a run's identity") {
  const auto plain = identity();
  for (const auto* same : {"name=other", "checkpoint.every_rounds=7", "plugins.hook_limit_s=9", "data.memory_gib=1", "lanes=1",
                           "lanes=auto", "device=auto", "strategy.schedule=head_then_body", "strategy.use=fedrep@1.0.0"}) {
    INFO(same);
    if (std::string(same) == "device=auto" && at::hasCUDA()) continue;
    CHECK(identity({same}) == plain);
  }
}

TEST_CASE("every key that changes results is, and the first that differs is said") {
  const auto plain = identity();
  for (const auto& [change, said] : std::vector<std::pair<std::string, std::string>>{
           {"seed=4", "'seed' is 4, and was 3"},
           {"rounds=2", "'rounds' is 2, and was 1"},
           {"lanes=2", "'lanes' is 2, and was 1"},
           {"data.samples=41", "'data.samples' is 41, and was 40"},
           {"training.optimizer.lr=0.2", "'training.optimizer.lr' is 0.2, and was 0.1"},
           {"strategy.schedule=joint", "'strategy.schedule' is \"joint\", and was \"head_then_body\""},
           {"backbone.freeze=[\"norm\"]", "'backbone.freeze.0' is \"norm\", and was not given"}}) {
    INFO(change);
    CHECK(identity_difference(identity({change}), plain) == said);
  }
  CHECK(identity_difference(identity({}, {}, "fedavg"), plain) == "'strategy.use' is \"fedavg\", and was \"fedrep\"");
}

TEST_CASE("files, plugins and versions are") {
  const auto plain = identity({}, {"d", "s", "w"});
  CHECK(identity_difference(identity({}, {"e", "s", "w"}), plain) == "the data's files are others");
  CHECK(identity_difference(identity({}, {"d", "t", "w"}), plain) == "the split's file is another");
  CHECK(identity_difference(identity({}, {"d", "s", "v"}), plain) == "the weights' file is another");
  auto other = plain;
  other["plugins"]["fedrep"]["sha256"] = "0";
  CHECK(identity_difference(plain, other) == "a plugin is another");
  other = plain;
  other["versions"]["graft"] = "0.0.9";
  CHECK(identity_difference(plain, other) == "graft, or LibTorch, is another");
  CHECK(plain["versions"]["program"] == sha256_of("/proc/self/exe"));  // mended without another version
}

}  // namespace graft::core
