// Changing plugins while something is in the way: another graft at it, Ctrl-C, bytes that changed since; and runs that keep to a
// lock.
#include <signal.h>
#include <sys/stat.h>

#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/program/plugin_home.hpp"

namespace graft::tests {

namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

void wait_for(const std::function<bool()>& what) {
  for (int i = 0; i < 1000 && !what(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  REQUIRE(what());
}

}  // namespace

TEST_CASE("plugins add: Ctrl-C leaves nothing, and what a killed one left goes with the next") {
  const Folder folder;
  const Home home(folder);
  folder.write("local.so", plugin_of_version(folder, "local", "1.1.0"));
  const auto adding = folder.start({"plugins", "add", "local.so"});
  wait_for([&] { return fs::exists(home.plugins) && folder.names("data/graft/plugins") != Words{}; });
  REQUIRE(kill(adding, SIGINT) == 0);
  CHECK(folder.end(adding).status == 130);
  CHECK(!fs::exists(home.plugins));

  folder.write("data/graft/plugins/.adding-killed/0/local.so", "what a killed one left");
  CHECK(folder.graft({"plugins", "add", "local.so"}).status == 0);
  CHECK(folder.names("data/graft/plugins") == Words{"local", "local.so"});
}

TEST_CASE("plugins add: two at once, one after the other") {
  const Folder folder;
  const Home home(folder);
  folder.write("one/local.so", plugin_of_version(folder, "local", "1.1.0"));
  folder.write("two/local.so", plugin_of_version(folder, "local", "1.2.0"));
  const auto first = folder.start({"plugins", "add", "one"});
  wait_for([&] { return fs::exists(home.plugins) && folder.names("data/graft/plugins") != Words{}; });
  const auto second = folder.graft({"plugins", "add", "two"});
  CHECK(folder.end(first).status == 0);
  CHECK(second.status == 0);
  CHECK_THAT(second.err, ContainsSubstring("waiting for another graft that changes " + home.plugins.string()));
  CHECK_THAT(second.out, ContainsSubstring("takes 1.2.0 now, 1.1.0 before"));
  CHECK(folder.names("data/graft/plugins/local") == Words{"1.1.0", "1.2.0"});
}

TEST_CASE("plugins add: one version given twice with other bytes is refused, with --replace too") {
  const Folder folder;
  const Home home(folder);
  const auto bytes = plugin_of_version(folder, "local", "1.1.0");
  folder.write("one/local.so", bytes);
  folder.write("two/local.so", bytes + "x");
  folder.write("three/local.so", bytes);
  const auto refused = folder.graft({"plugins", "add", "one", "two", "--replace"});
  CHECK(refused.status == 2);
  CHECK_THAT(refused.err, ContainsSubstring("local 1.1.0 is given twice, with different bytes: one/local.so and two/local.so"));
  CHECK(!fs::exists(home.plugins));
  CHECK(folder.graft({"plugins", "add", "one", "three"}).status == 0);
}

TEST_CASE("plugins add says what was given, not where its copy lies") {
  const Folder folder;
  const Home home(folder);
  fs::copy_file(fs::path(GRAFT_PROGRAM).parent_path() / "../lib/faulty/other_id.so", folder / "other_id.so");
  const auto refused = folder.graft({"plugins", "add", "other_id.so"});
  CHECK(refused.status == 3);
  CHECK_THAT(refused.err, ContainsSubstring("other_id.so: ") && !ContainsSubstring(".adding-"));
}

TEST_CASE("a note about other bytes vouches for nothing") {
  const Folder folder;
  const Home home(folder);
  folder.write("local.so", plugin_of_version(folder, "local", "1.1.0"));
  REQUIRE(folder.graft({"plugins", "add", "local.so"}).status == 0);
  CHECK_THAT(folder.graft({"plugins", "local"}).out, ContainsSubstring("cases passed"));
  folder.write("data/graft/plugins/local/1.1.0/local.so", plugin_of_version(folder, "local", "1.1.0") + "x");
  const auto shown = folder.graft({"plugins", "local"}).out;
  CHECK_THAT(shown,
             ContainsSubstring("changed") && ContainsSubstring("since it was added 20") && !ContainsSubstring("cases passed"));
  CHECK(nlohmann::json::parse(folder.graft({"plugins", "local", "--json"}).out).at("provenance").at("added").at("same_bytes") ==
        false);
}

TEST_CASE("a folder of plugins that is not there is said, where it matters") {
  const Folder folder;
  setenv("GRAFT_PLUGIN_PATH", (folder / "bulid").c_str(), 1);
  const auto listed = folder.graft({"plugins"}), run = folder.graft({"inspect", folder.manifest()}),
             unknown = folder.graft({"inspect", "small.toml", "--set", "strategy.use=mine"});
  unsetenv("GRAFT_PLUGIN_PATH");
  CHECK_THAT(listed.out,
             ContainsSubstring((folder / "bulid").string() + "\n  there is no such folder: GRAFT_PLUGIN_PATH names it\n"));
  CHECK_THAT(run.err, ContainsSubstring("there is no folder of plugins '" + (folder / "bulid").string() + "'"));
  CHECK(run.status == 0);
  CHECK_THAT(unknown.err, ContainsSubstring((folder / "bulid").string() + " (not there)"));
}

TEST_CASE("what began under a lock is evaluated, exported and run again under it") {
  const Folder folder;
  const auto manifest = folder.manifest("local");
  setenv("GRAFT_PLUGIN_PATH", (folder / "plugins").c_str(), 1);
  folder.write("plugins/local.so", plugin_of_version(folder, "local", "1.1.0"));
  REQUIRE(folder.graft({"plugins", "lock", manifest}).status == 0);
  REQUIRE(folder.graft({"run", manifest, "--out", "run", "--set", "rounds=1"}).status == 0);
  CHECK(folder.read("run/plugins.lock") == folder.read("plugins.lock"));
  CHECK(folder.graft({"evaluate", "run"}).status == 0);

  folder.write("plugins/local.so", plugin_of_version(folder, "local", "1.1.0") + "x");
  for (const auto& words :
       {Words{"evaluate", "run"}, Words{"export", "run", "--out", "models"}, Words{"run", "run/manifest.toml", "--out", "again"},
        Words{"run", manifest, "--out", "run", "--resume"}}) {
    const auto refused = folder.graft(words);
    INFO(words.front() << ": " << refused.err);
    CHECK(refused.status == 3);
    CHECK_THAT(refused.first_line(), ContainsSubstring("'local' is locked to 1.1.0 with SHA-256 "));
  }
  REQUIRE(folder.graft({"plugins", "lock", manifest}).status == 0);  // the mended plugin, on purpose
  const auto resumed = folder.graft({"run", manifest, "--out", "run", "--resume", "--set", "rounds=2"});
  CHECK(resumed.status == 0);
  CHECK_THAT(resumed.err, ContainsSubstring("is another one than this run's last"));
  CHECK(folder.read("run/plugins.lock") == folder.read("plugins.lock"));
  CHECK(folder.graft({"evaluate", "run"}).status == 0);
  unsetenv("GRAFT_PLUGIN_PATH");
}

TEST_CASE("a check is no manifest's: it asks no lock of the working folder") {
  const Folder folder;
  REQUIRE(folder.graft({"plugins", "lock", folder.manifest("local")}).status == 0);
  const auto checked = folder.graft({"check", built("prefix"), "--only", "fp64"});  // it rides on fedavg
  INFO(checked.out);
  CHECK(checked.status == 0);
}

TEST_CASE("plugins lock: manifests that use several versions, and those that one lock cannot hold") {
  const Folder folder;
  const Home home(folder);
  const auto manifest = folder.manifest("local");
  folder.write("plugins/local.so", plugin_of_version(folder, "local", "1.1.0"));
  folder.write("others/local.so", plugin_of_version(folder, "local", "1.2.0"));
  const auto text = folder.read(manifest);
  const auto with = [&](const std::string& use, const std::string& paths) {
    auto changed = text;
    const std::string before = "use = \"local\"";
    const auto at = changed.find(before);
    REQUIRE(at != std::string::npos);
    return changed.replace(at, before.size(), "use = \"" + use + "\"") + "[plugins]\npaths = [\"" + paths + "\"]\n";
  };
  folder.write(manifest, with("local", "plugins"));
  folder.write("second.toml", with("local@1.2.0", "others"));
  const auto locked = folder.graft({"plugins", "lock"});
  INFO(locked.err);
  REQUIRE(locked.status == 0);
  CHECK_THAT(locked.out, ContainsSubstring("by its plain name\n  local  1.2.0"));
  CHECK(folder.graft({"inspect", manifest}).status == 0);
  CHECK(folder.graft({"inspect", "second.toml"}).status == 0);

  folder.write("second.toml", with("local", "others"));
  CHECK_THAT(folder.graft({"plugins", "lock"}).first_line(),
             StartsWith("'local' is used twice by the plain name: ") && EndsWith("say which, as ID@VERSION"));
  folder.write("others/local.so", plugin_of_version(folder, "local", "1.1.0") + "x");
  CHECK_THAT(folder.graft({"plugins", "lock"}).first_line(), StartsWith("'local' is used twice with different bytes: 1.1.0 ("));
  folder.write("else.toml", "title = \"no manifest\"\n");
  fs::remove(folder / "second.toml");
  CHECK_THAT(folder.graft({"plugins", "lock"}).out, EndsWith("passed over, for it has no [data] and [strategy]: else.toml\n"));
}

}  // namespace graft::tests
