// What the data tests share: a folder that goes away, small CIFAR files, and the error that a call ends with.
#pragma once
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "core/base/error.hpp"
#include "core/data/dataset.hpp"

namespace graft::core {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "graft-data-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << bytes;
    return path / name;
  }

  std::filesystem::path path;
};

// A record whose pixels all have the value `pixel`.
inline std::string record(const std::vector<int>& labels, int pixel) {
  std::string bytes;
  for (const int label : labels) bytes += char(label);
  return bytes + std::string(3072, char(pixel));
}

template <class Call>
Error failure_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  throw std::logic_error("not reached");
}

// [N] labels in which each class is as frequent as another, as a dataset without images.
inline Dataset labelled(std::int64_t samples, std::int64_t classes) {
  Dataset data;
  data.classes = classes;
  data.labels = at::arange(samples).remainder(classes);
  return data;
}

inline Manifest manifest_of(const std::string& source, const std::filesystem::path& path = {}) {
  Manifest manifest;
  manifest.data.source = source;
  manifest.data.path = path;
  return manifest;
}

}  // namespace graft::core
