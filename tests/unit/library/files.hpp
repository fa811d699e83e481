// A folder of plugins made from the ones of this build, for tests of which file is taken.
#pragma once
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "core/base/error.hpp"

namespace graft::core {

inline std::filesystem::path built_plugins() {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "../lib/graft/plugins").lexically_normal();
}

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class PluginFiles {  // searched first while it lives
 public:
  PluginFiles() : folder_(std::filesystem::temp_directory_path() / ("graft-plugin-files-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
    setenv("GRAFT_PLUGIN_PATH", folder_.c_str(), 1);
  }
  PluginFiles(const PluginFiles&) = delete;
  PluginFiles& operator=(const PluginFiles&) = delete;
  ~PluginFiles() {
    unsetenv("GRAFT_PLUGIN_PATH");
    std::filesystem::remove_all(folder_);
  }
  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }
  // One of this build's plugins, its version, "1.0.0" or "1.1.0", spelled otherwise (as long).
  std::filesystem::path plugin(const std::string& name, const std::string& of, const std::string& version = "1.0.0") const {
    auto bytes = bytes_of(built_plugins() / (of + ".so"));
    auto at = bytes.find(std::string("1.0.0") + '\0');
    if (at == std::string::npos) at = bytes.find(std::string("1.1.0") + '\0');
    REQUIRE(at != std::string::npos);
    return write(name, bytes.replace(at, version.size(), version));
  }
  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

// The first line of what a call throws, with the exit status before it: "3 x.so: …"; "" where it throws nothing.
template <class Call>
std::string thrown(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return std::to_string(int(error.status)) + " " + error.what();
  }
  return "";
}

}  // namespace graft::core
