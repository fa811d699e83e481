// Under a plugins.lock nothing else runs: not one initializer of a plugin whose bytes have changed.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdlib>
#include <fstream>

#include "tests/program/program.hpp"

namespace {

using Catch::Matchers::ContainsSubstring;
using graft::tests::Folder;
namespace fs = std::filesystem;

class Variables {  // for the length of a test
 public:
  explicit Variables(const Folder& folder) {
    setenv("GRAFT_PLUGIN_PATH", (folder / "plugins").c_str(), 1);
    setenv("GRAFT_TEST_MARK", (folder / "ran").c_str(), 1);
  }
  ~Variables() {
    unsetenv("GRAFT_PLUGIN_PATH");
    unsetenv("GRAFT_TEST_MARK");
  }
};

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("run: one changed byte of a locked plugin, and nothing of it runs") {
  const Folder folder;
  const Variables variables(folder);
  const auto manifest = folder.manifest("marking_opening");
  auto bytes = read(fs::read_symlink("/proc/self/exe").parent_path() / "../lib/faulty/marking_opening.so");
  folder.write("plugins/marking_opening.so", bytes);
  REQUIRE(folder.graft({"plugins", "lock", manifest}).status == 0);
  REQUIRE(fs::remove(folder / "ran"));
  CHECK(folder.graft({"inspect", manifest}).status == 0);
  CHECK(fs::remove(folder / "ran"));

  const auto summary = bytes.find("a test");  // still a plugin that loads
  REQUIRE(summary != std::string::npos);
  bytes[summary] = 'A';
  folder.write("plugins/marking_opening.so", bytes);
  for (const auto* verb : {"run", "inspect"}) {
    const auto refused = folder.graft({verb, manifest});
    CHECK(refused.status == 3);
    CHECK_THAT(refused.first_line(), ContainsSubstring("'marking_opening' is locked to 1.0.0 with SHA-256 "));
    CHECK_THAT(refused.first_line(), ContainsSubstring("found " + (folder / "plugins/marking_opening.so").string() + " with "));
  }
  CHECK(!fs::exists(folder / "ran"));
  CHECK(folder.names("runs").empty());
  CHECK(folder.graft({"inspect", manifest, "--set", "plugins.hook_limit_s=9"}).status == 3);  // the manifest's folder still counts
  CHECK(folder.graft({"plugins", "lock", manifest}).status == 0);
  CHECK(fs::remove(folder / "ran"));
  CHECK(folder.graft({"inspect", manifest}).status == 0);
}

TEST_CASE("plugins: what is behind another, beside it, or refused does not run") {
  const Folder folder;
  const Variables variables(folder);
  const auto bytes = read(fs::read_symlink("/proc/self/exe").parent_path() / "../lib/faulty/marking_opening.so");
  folder.write("plugins/fedavg.so", bytes);  // another id inside, and open to all
  folder.write("plugins/marking_opening/1.0.0/marking_opening.so", bytes);
  fs::permissions(folder / "plugins/fedavg.so", fs::perms::others_write, fs::perm_options::add);
  const auto listed = folder.graft({"plugins", "--json"});
  CHECK(listed.status == 0);
  CHECK_THAT(listed.out, ContainsSubstring("\"state\":\"refused\"") && ContainsSubstring("anyone on this machine may change it"));
  CHECK_THAT(listed.out, ContainsSubstring("\"state\":\"beside\",\"use\":\"marking_opening@1.0.0\""));
  CHECK_THAT(listed.out, ContainsSubstring("\"state\":\"shadowed\",\"by\":\"" + (folder / "plugins/fedavg.so").string()));
  CHECK(!fs::exists(folder / "ran"));
}

TEST_CASE("plugins: one that crashes as it is opened does not end the list") {
  const Folder folder;
  const Variables variables(folder);
  const auto faulty = fs::read_symlink("/proc/self/exe").parent_path() / "../lib/faulty";
  for (const auto* id : {"crashing_opening", "plain_c", "unresolved"}) {
    folder.write("plugins/" + std::string(id) + ".so", read(faulty / (std::string(id) + ".so")));
  }
  const auto listed = folder.graft({"plugins", "--json"});
  CHECK(listed.status == 0);
  CHECK_THAT(listed.out, ContainsSubstring("plugin 'crashing_opening' crashed in opening (SIGSEGV)"));
  CHECK_THAT(listed.out, ContainsSubstring("\"id\":\"plain_c\",\"kind\":\"strategy\""));
  CHECK_THAT(listed.out, ContainsSubstring("it uses 'elsewhere::missing(int)'"));
}
