// Files are read in the order in which a source takes them; of pictures in folders the folders' names are part of the name.
#include "core/data/file_sums.hpp"

#include <vector>

#include "core/data/image_folder.hpp"
#include "core/data/source_file.hpp"
#include "core/data/sources.hpp"
#include "core/library/sha256.hpp"

namespace graft::core {

namespace {

namespace fs = std::filesystem;

struct Named {
  std::string name;
  fs::path path;
};

constexpr std::size_t kPart = 1 << 20;  // bytes read at once

std::vector<Named> files_of_source(const Manifest& manifest) {
  const auto& source = manifest.data.source;
  std::vector<Named> files;
  if (source == "images") {
    const auto root = images_folder(manifest);
    for (const auto& file : list_images(root).files) files.push_back({file.path.lexically_relative(root).native(), file.path});
    return files;
  }
  if (source == "medmnist") return {{"npz", medmnist_file(manifest)}};
  for (const auto& path : source == "idx" ? idx_files(manifest) : cifar_files(manifest)) {
    files.push_back({path.filename().native(), path});
  }
  return files;
}

void add_file(Sha256& sum, const Named& file, const Watch& watch, std::int64_t number, std::int64_t of) {
  const auto size = size_of_file(file.path, "a file of the data");
  sum.add(file.name + '\0' + std::to_string(size) + '\n');
  auto stream = opened(file.path);
  std::vector<char> part(kPart);
  std::int64_t done = 0;
  while (stream.read(part.data(), kPart), stream.gcount() > 0) {
    watch.at("reading files", number, of);
    sum.add({part.data(), std::size_t(stream.gcount())});
    done += stream.gcount();
  }
  if (done != size) throw wrong(file.path, "cannot be read to its end, or has changed meanwhile");
}

std::string sum_of(const std::vector<Named>& files, const Watch& watch) {
  Sha256 sum;
  const auto count = std::int64_t(files.size());
  for (std::int64_t i = 0; i < count; ++i) add_file(sum, files[std::size_t(i)], watch, i, count);
  return sum.digits();
}

// Of names, sizes and times: what is replaced while a study runs is read anew.
std::string stamp_of(const std::vector<Named>& files) {
  std::string all;
  for (const auto& file : files) {
    std::error_code none;
    const auto changed = fs::last_write_time(file.path, none).time_since_epoch().count();
    all += file.path.native() + '\0' + std::to_string(fs::file_size(file.path, none)) + '\0' + std::to_string(changed) + '\0';
  }
  return sha256_of_bytes(all);
}

std::string known_or(KnownSums& known, const std::vector<Named>& files, const Watch& watch) {
  const auto stamp = stamp_of(files);
  const auto at = known.find(stamp);
  return at != known.end() ? at->second : known[stamp] = sum_of(files, watch);
}

}  // namespace

FileSums file_sums(const Manifest& manifest, KnownSums& known, const Watch& watch) {
  FileSums sums;
  const auto& data = manifest.data;
  if (data.source != "shapes") sums.data = known_or(known, files_of_source(manifest), watch);
  const auto of_one = [&](const fs::path& path) { return path.empty() ? "" : known_or(known, {{"", path}}, watch); };
  if (data.split.by == "file") sums.split = of_one(data.split.path);
  sums.weights = of_one(manifest.backbone.weights);
  return sums;
}

}  // namespace graft::core
