// What a folder of images holds, by the names in it: class/file, or domain/class/file.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace graft::core {

struct ImageFolder {
  std::vector<std::string> classes, domains;  // in the order of their bytes; no domains in a folder of classes
  struct File {
    std::filesystem::path path;
    std::size_t label, domain;
  };
  std::vector<File> files;                      // by domain, class and name
  std::vector<std::filesystem::path> left_out;  // images of formats that are not read
};

// Hidden names are ignored, and what is no image by its name. Exit 4 where there is no image, or the layout is a mixture.
ImageFolder list_images(const std::filesystem::path& root);

}  // namespace graft::core
