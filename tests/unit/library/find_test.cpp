// Where plugins are looked for, and which of two with one name is taken.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>

#include "core/library/plugin.hpp"

namespace {

using namespace graft::core;
namespace fs = std::filesystem;

// An environment variable for the length of a test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* const before = std::getenv(name)) before_ = before;
    value ? setenv(name, value, 1) : unsetenv(name);
  }
  ~Variable() { before_ ? setenv(name_, before_->c_str(), 1) : unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

fs::path installed() { return (fs::read_symlink("/proc/self/exe").parent_path() / "../lib/graft/plugins").lexically_normal(); }

}  // namespace

TEST_CASE("folders are searched in their order") {
  const Variable path("GRAFT_PLUGIN_PATH", "/one:/two:"), data("XDG_DATA_HOME", "/data"), home("HOME", "/home/me");
  CHECK(plugin_folders({"/three"}) == std::vector<fs::path>{"/one", "/two", "/three", "/data/graft/plugins", installed()});
  const Variable no_data("XDG_DATA_HOME", nullptr), no_path("GRAFT_PLUGIN_PATH", nullptr);
  CHECK(plugin_folders({}) == std::vector<fs::path>{"/home/me/.local/share/graft/plugins", installed()});
  const Variable no_home("HOME", nullptr);
  CHECK(plugin_folders({}) == std::vector<fs::path>{installed()});
}

TEST_CASE("folders that are named and not there are known") {
  const Variable path("GRAFT_PLUGIN_PATH", "/none:/usr::/proc/self/exe"), data("XDG_DATA_HOME", "/nowhere");
  CHECK(missing_plugin_folders({"/none/either", "/tmp"}) == std::vector<fs::path>{"/none", "/proc/self/exe", "/none/either"});
}

TEST_CASE("the first of each name is taken, and only libraries count") {
  const auto root = fs::temp_directory_path() / ("graft-find-" + std::to_string(getpid()));
  for (const auto* file : {"a/one.so", "b/one.so", "b/two.so", "b/notes.txt", "b/three.so.txt", "b/folder.so/x"}) {
    fs::create_directories((root / file).parent_path());
    std::ofstream(root / file) << "x";
  }
  const auto found = find_plugins({root / "a", root / "missing", root / "b"});
  REQUIRE(found.size() == 2);
  CHECK(found[0].id == "one");
  CHECK(found[0].file == root / "a/one.so");
  CHECK(found[1].id == "two");
  CHECK(found[1].file == root / "b/two.so");
  fs::remove_all(root);
}

TEST_CASE("versions lie beside, and what a link leads to stands once") {
  const auto root = fs::temp_directory_path() / ("graft-versions-" + std::to_string(getpid()));
  for (const auto* file : {"a/x/1.0.0/x.so", "a/x/1.1.0/x.so", "a/x/1.1.0/y.so", "a/x/notes/x.txt", "b/x.so"}) {
    fs::create_directories((root / file).parent_path());
    std::ofstream(root / file) << file;
  }
  fs::create_symlink("x/1.1.0/x.so", root / "a/x.so");
  fs::create_directory_symlink("a", root / "again");
  const auto found = all_plugins({root / "a", root / "b", root / "again"});
  REQUIRE(found.size() == 3);
  CHECK((found[0].file == root / "a/x.so" && found[0].plain && found[0].version == "1.1.0"));
  CHECK((found[1].file == root / "a/x/1.0.0/x.so" && !found[1].plain && found[1].version == "1.0.0"));
  CHECK((found[2].file == root / "b/x.so" && found[2].plain && found[2].version == "" && found[2].folder == root / "b"));
  const auto plain = find_plugins({root / "b", root / "a"});
  REQUIRE(plain.size() == 1);
  CHECK(plain[0].file == root / "b/x.so");
  fs::remove_all(root);
}

TEST_CASE("the plugins of this build are found") {
  std::vector<std::string> ids;
  for (const auto& one : find_plugins({installed()})) ids.push_back(one.id);
  for (const auto* id : {"apfl", "fedavg", "fedbabu", "fedperfix", "fedrep", "local", "perfedavg", "prefix"}) {
    INFO(id);
    CHECK(std::find(ids.begin(), ids.end(), id) != ids.end());
  }
}
