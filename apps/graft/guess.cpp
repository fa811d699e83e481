// Looks at names, and at the size of a file whose name says nothing.
#include "apps/graft/guess.hpp"

#include <algorithm>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;
using core::Error;
using core::Exit;

Error unknown(const fs::path& path, const std::string& why) {
  return {Exit::usage, path.string() + ": " + why, "name the source: graft data images --set data.path=" + path.string()};
}

bool is_idx(const std::string& name) { return name.find("idx") != std::string::npos && name.find("-ubyte") != std::string::npos; }

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code failure;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    names.push_back(at->path().filename().string());
  }
  if (failure) throw Error(Exit::data, folder.string() + ": " + failure.message());
  std::sort(names.begin(), names.end());
  return names;
}

Guess of_folder(const fs::path& folder) {
  const auto names = names_in(folder);
  std::vector<std::string> archives;
  for (const auto& name : names) {
    const auto found = [&](const char* source) { return Guess{source, folder, "it holds " + name}; };
    if (name == "cifar-10-batches-bin" || name == "data_batch_1.bin" || name == "test_batch.bin") return found("cifar10");
    if (name == "cifar-100-binary" || name == "train.bin" || name == "test.bin") return found("cifar100");
    if (is_idx(name)) return found("idx");
    if (name.ends_with(".npz")) archives.push_back(name);
  }
  if (archives.size() > 1) throw unknown(folder, "several archives in it, expected the path of one: " + core::joined(archives));
  if (archives.size() == 1) return {"medmnist", folder / archives[0], "it holds " + archives[0]};
  return {"images", folder, "it is a folder, and of no other layout that is known"};
}

Guess of_file(const fs::path& file) {
  constexpr std::uintmax_t kCifar10 = 3073, kCifar100 = 3074;  // bytes of a record
  const auto name = file.filename().string();
  if (name.ends_with(".npz")) return {"medmnist", file, "it is an .npz archive"};
  if (is_idx(name)) return {"idx", file.has_parent_path() ? file.parent_path() : fs::path("."), "its name is of the MNIST family"};
  std::error_code failure;
  const auto bytes = name.ends_with(".bin") ? fs::file_size(file, failure) : 0;
  if (!failure && bytes > 0 && bytes % kCifar10 == 0) return {"cifar10", file, "it is whole records of 3,073 bytes"};
  if (!failure && bytes > 0 && bytes % kCifar100 == 0) return {"cifar100", file, "it is whole records of 3,074 bytes"};
  throw unknown(file, "no file of a source that is known: expected a folder, or a file .npz, .bin or …-ubyte");
}

}  // namespace

Guess guessed_source(const fs::path& path) {
  std::error_code failure;
  return fs::is_directory(path, failure) ? of_folder(path) : of_file(path);
}

}  // namespace graft
