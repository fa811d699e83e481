// What does not fit together is refused, the key named.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/backbone/small.hpp"

using namespace graft::core;

TEST_CASE("a shape follows from the manifest") {
  auto manifest = small::manifest();
  manifest.backbone.mlp_ratio = 3.3;
  const auto shape = shape_of(manifest, 7);
  CHECK(shape.grid() == 2);
  CHECK(shape.tokens() == 5);
  CHECK(shape.hidden == 39);  // 39.6, cut off as timm does
  CHECK(shape.classes == 7);
}

TEST_CASE("shapes that do not fit together are refused at their key") {
  const auto refused = [](auto change, std::int64_t classes, const std::string& key, const std::string& why) {
    auto manifest = small::manifest();
    change(manifest.backbone);
    const auto error = error_of([&] { shape_of(manifest, classes); });
    INFO(error.what());
    CHECK(error.status == Exit::usage);
    CHECK(small::contains(error.what(), key));
    CHECK(small::contains(error.what(), why));
  };
  refused([](auto& b) { b.image_size = 30; }, 4, "backbone.image_size = 30", "multiple of backbone.patch_size = 4");
  refused([](auto& b) { b.patch_size = 0; }, 4, "backbone.patch_size = 0", "between 1");
  refused([](auto& b) { b.patch_size = 16; }, 4, "backbone.image_size = 8", "multiple of");
  refused([](auto& b) { b.width = 13; }, 4, "backbone.width = 13", "multiple of backbone.heads = 3");
  refused([](auto& b) { b.width = -12; }, 4, "backbone.width = -12", "between 1");
  refused([](auto& b) { b.heads = 0; }, 4, "backbone.heads = 0", "between 1");
  refused([](auto& b) { b.depth = 0; }, 4, "backbone.depth = 0", "between 1");
  refused([](auto& b) { b.depth = std::int64_t{1} << 40; }, 4, "backbone.depth", "between 1");
  refused([](auto& b) { b.mlp_ratio = 0.01; }, 4, "backbone.mlp_ratio = 0.01", "hidden width");
  refused([](auto& b) { b.mlp_ratio = std::nan(""); }, 4, "backbone.mlp_ratio", "hidden width");
  refused([](auto& b) { b.mlp_ratio = 1e300; }, 4, "backbone.mlp_ratio", "hidden width");
  refused([](auto&) {}, 1, "data.classes = 1", "at least 2");
}

TEST_CASE("what was given on the command line is what is blamed") {
  const std::string toml = "data.source = \"shapes\"\nstrategy.use = \"fedavg\"\nbackbone.width = 192";
  const auto said = [&](const std::vector<std::string>& overrides) {
    return std::string(error_of([&] { shape_of(parse_manifest(toml, "m.toml", "/", overrides), 4); }).what());
  };
  CHECK(said({"backbone.heads=5"}) == "--set backbone.heads=5: backbone.heads = 5 must divide backbone.width = 192");
  CHECK(said({"backbone.width=100"}) == "--set backbone.width=100: backbone.width = 100 must be a multiple of backbone.heads = 3");
}
