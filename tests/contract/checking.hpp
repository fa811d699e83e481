// What the tests of `graft check` share: plugins that were built to be wrong, and one case's result.
#pragma once
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <nlohmann/json.hpp>

#include "tests/program/program.hpp"

namespace graft::tests {

using nlohmann::json;
namespace fs = std::filesystem;

inline fs::path library(const std::string& kind, const std::string& id) {
  return (fs::read_symlink("/proc/self/exe").parent_path() / "../lib" / kind / (id + ".so")).lexically_normal();
}

inline Outcome check(const fs::path& file, const Words& more) {
  const Folder folder;
  Words words = {"check", file, "--seed", "1"};
  words.insert(words.end(), more.begin(), more.end());
  return folder.graft(words);
}

// The one case's result, as --json has it, with the program's exit status.
inline json result_of(const fs::path& file, const std::string& name, const Words& more = {}) {
  Words words = {"--only", name, "--json"};
  words.insert(words.end(), more.begin(), more.end());
  const auto outcome = check(file, words);
  INFO(outcome.err);
  const auto all = json::parse(outcome.out);
  REQUIRE(all["cases"].size() == 1);
  auto one = all["cases"][0];
  one["exit"] = outcome.status;
  return one;
}

struct Broken {
  const char *id, *name, *why;
};

inline void require_failed(const fs::path& file, const Broken& broken, const std::string& status) {
  const auto found = result_of(file, broken.name);
  INFO(broken.id << ": " << found.dump());
  if (found["why"] == "this build's allocator does not say what is in use") return;  // a sanitizer's
  CHECK(found["status"] == status);
  CHECK_THAT(found["why"].get<std::string>(), Catch::Matchers::ContainsSubstring(broken.why));
  CHECK(found["exit"] == 3);
}

}  // namespace graft::tests
