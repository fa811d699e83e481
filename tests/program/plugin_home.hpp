// A test's own folder of plugins, and plugins of other versions to put there.
#pragma once
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>

#include "tests/program/program.hpp"

namespace graft::tests {

inline fs::path built(const std::string& id) {
  return (fs::path(GRAFT_PROGRAM).parent_path() / "../lib/graft/plugins" / (id + ".so")).lexically_normal();
}

class Home {  // the user's folder is a test's own
 public:
  explicit Home(const Folder& folder) : plugins(folder / "data/graft/plugins") {
    setenv("XDG_DATA_HOME", (folder / "data").c_str(), 1);
  }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  ~Home() { unsetenv("XDG_DATA_HOME"); }
  const fs::path plugins;
};

// A strategy of this build under another version of the same length.
inline std::string plugin_of_version(const Folder& folder, const std::string& id, const std::string& version) {
  fs::copy_file(built(id), folder / "copy", fs::copy_options::overwrite_existing);
  auto bytes = folder.read("copy");
  fs::remove(folder / "copy");
  const auto at = bytes.find(std::string("1.0.0") + '\0');
  REQUIRE(at != std::string::npos);
  return bytes.replace(at, version.size(), version);
}

}  // namespace graft::tests
