// Each of our plugins gives the same bits over the table and NATIVE, on at::Tensor itself.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdlib>

#include "core/library/profile.hpp"
#include "tests/unit/rounds/nano.hpp"

namespace {

using namespace graft::core;
namespace fs = std::filesystem;

fs::path native_folder() { return (fs::read_symlink("/proc/self/exe").parent_path() / "../lib/native").lexically_normal(); }

// A federation after two rounds, its plugins from `folder` before any other.
Federation ran_with(const fs::path& folder, const std::string& strategy, std::vector<std::string> overrides) {
  setenv("GRAFT_PLUGIN_PATH", folder.c_str(), 1);
  overrides.emplace_back("rounds=2");
  auto made = nano::ran(strategy, overrides);
  unsetenv("GRAFT_PLUGIN_PATH");
  return made;
}

bool same(const NamedRows& a, const NamedRows& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](const auto& one, const auto& other) {
           return one.first == other.first && one.second.equal(other.second);
         });
}

void check_bits(const std::string& strategy, const std::vector<std::string>& overrides) {
  const auto table = ran_with("", strategy, overrides), native = ran_with(native_folder(), strategy, overrides);
  REQUIRE(table.model.strategy.file.parent_path() != native_folder());
  REQUIRE(native.model.strategy.file.parent_path() == native_folder());
  CHECK(table.server.shared.equal(native.server.shared));
  CHECK(same(table.server.served, native.server.served));
  REQUIRE(table.store.rows().size() == native.store.rows().size());
  for (const auto& [client, rows] : table.store.rows()) CHECK(same(rows, native.store.rows().at(client)));
}

const std::vector<std::string> kModules = {R"({use="prefix", bottleneck=4})",
                                           R"({use="prefix", bottleneck=4, mode="concat"})",
                                           R"({use="prefix", mode="linear"})",
                                           R"({use="prefix", mode="tokens", tokens=3})",
                                           R"({use="adapter", bottleneck=4})",
                                           R"({use="prompt", tokens=3})",
                                           R"({use="lora", rank=2, alpha=3, targets=["attn", "mlp.fc2"]})"};

}  // namespace

TEST_CASE("every plugin of ours was built natively too") {
  std::vector<std::string> missing;
  for (const auto& file : fs::directory_iterator(native_folder() / "../graft/plugins")) {
    if (!fs::exists(native_folder() / file.path().filename())) missing.push_back(file.path().filename());
  }
  CHECK(missing.empty());
}

TEST_CASE("strategies give the same bits natively") {
  const auto precision = GENERATE(as<std::string>(), "fp64", "fp32");
  const auto lanes = GENERATE(1, 3);
  const std::vector<std::string> overrides = {"precision=" + precision, "lanes=" + std::to_string(lanes)};
  const std::vector<std::string> modules = {R"(modules=[{use="prefix", bottleneck=4}])"};
  for (const auto& file : fs::directory_iterator(native_folder() / "../graft/plugins")) {
    const auto id = file.path().stem().string();
    if (open_plugin(file.path(), id).kind != "strategy") continue;
    CHECK(!open_plugin(file.path(), id).native);
    CHECK(open_plugin(native_folder() / (id + ".so"), id).native);
    INFO(id << ", " << precision << ", " << lanes << " lanes");
    check_bits(id, overrides);
  }
}

TEST_CASE("modules give the same bits natively") {
  const auto module = GENERATE(from_range(kModules));
  const auto precision = GENERATE(as<std::string>(), "fp64", "fp32");
  INFO(module << ", " << precision);
  check_bits("fedperfix", {"precision=" + precision, "modules=[" + module + "]"});
}

TEST_CASE("a plugin may have autograd functions of its own") {
  const auto trained = ran_with(native_folder(), "fedperfix", {R"(modules=[{use="rounded"}])"});
  const auto fresh = [] {
    setenv("GRAFT_PLUGIN_PATH", native_folder().c_str(), 1);
    auto made = nano::federation("fedperfix", {R"(modules=[{use="rounded"}])"});
    unsetenv("GRAFT_PLUGIN_PATH");
    return made;
  }();
  const std::string name = "blocks.0.rounded.tokens";
  CHECK_FALSE(nano::tensor(trained, name).equal(nano::tensor(fresh, name)));  // round() itself has no gradient
}

TEST_CASE("a profile sees the operators that a native plugin calls itself, the outermost ones") {
  const auto calls_of = [](const std::string& function) {
    const auto lines = profile();
    const auto line = std::ranges::find_if(
        lines, [&](const ProfileLine& one) { return one.plugin == "apfl" && one.hook == "step" && one.function == function; });
    return line == lines.end() ? 0 : line->calls;
  };
  profile_calls();
  ran_with("", "apfl", {});
  CHECK(calls_of("lerp") * 2 == calls_of("gradient"));
  CHECK(calls_of("aten::lerp") == 0);
  const auto before = calls_of("gradient");
  ran_with(native_folder(), "apfl", {});
  Timed::on = false;
  CHECK(calls_of("aten::lerp") * 2 == calls_of("gradient") - before);
  CHECK(calls_of("aten::lerp") == calls_of("lerp"));  // nothing of what gradient() itself runs
  CHECK(calls_of("aten::empty") == 0);                // nor of what an operator runs in turn
}

TEST_CASE("what LibTorch says inside a native plugin is one line that names the plugin") {
  const auto error = error_of([] { ran_with(native_folder(), "misshapen", {}); });
  unsetenv("GRAFT_PLUGIN_PATH");
  CHECK(error.status == Exit::plugin);
  CHECK_THAT(error.what(), Catch::Matchers::StartsWith("plugin 'misshapen' failed in step (round 1, client "));
  CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring("cannot be multiplied"));
  CHECK(error.more.find("ATen") == std::string::npos);
}
