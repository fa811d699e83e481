// idx, the format of MNIST and its family: big-endian magic number and sizes, then bytes. Plain or gzip.
#include <ATen/ATen.h>

#include <algorithm>
#include <regex>

#include "core/base/text.hpp"
#include "core/data/byte_stream.hpp"
#include "core/data/sources.hpp"

namespace graft::core {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kWatched = 4096;  // images between two looks at the watch

struct Pair {
  fs::path images, labels;
};

constexpr const char* kExpected = "a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte and t10k-…, or a list of files";

// The files of a folder by what they are, "train-images" and so on; names may have a prefix, as EMNIST's do.
std::map<std::string, fs::path> named_files(const fs::path& folder) {
  static const std::regex layout(R"((?:(.*)-)?(train|t10k|test)-(images|labels)[-.]idx[13]-ubyte(\.gz)?)");
  std::map<std::string, fs::path> files;
  std::error_code failure;
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder, failure)) entries.push_back(entry.path());
  if (failure) throw wrong(folder, "cannot be listed: " + failure.message());
  std::sort(entries.begin(), entries.end());  // the plain one comes before its .gz, and stays
  for (const fs::path& entry : entries) {
    const std::string name = entry.filename().string();
    std::smatch parts;
    if (!std::regex_match(name, parts, layout)) continue;
    const std::string kind = (parts[2] == "train" ? "train-" : "test-") + parts[3].str();
    const auto [found, added] = files.emplace(kind, entry);
    if (added || name == found->second.filename().string() + ".gz") continue;
    throw wrong(folder, "holds " + found->second.filename().string() + " and " + name + ", expected one of them",
                "hint: data.path may be a list: images, labels, images, labels");
  }
  return files;
}

std::vector<Pair> pairs_of_folder(const fs::path& folder) {
  auto files = named_files(folder);
  if (files.empty()) throw wrong(folder, std::string("no files of idx in this folder, expected ") + kExpected);
  std::vector<std::string> missing;
  for (const char* kind : {"train-images", "train-labels", "test-images", "test-labels"}) {
    if (files.count(kind) == 0) missing.emplace_back(kind);
  }
  if (missing.empty()) return {{files["train-images"], files["train-labels"]}, {files["test-images"], files["test-labels"]}};
  throw wrong(folder, "lacks " + joined(missing) + " beside " + files.begin()->second.filename().string(),
              "hint: data.path may also be a list: images, labels");
}

std::vector<Pair> pairs_of(const Manifest& manifest) {
  const auto& files = manifest.data.files;
  if (files.size() == 2) return {{files[0], files[1]}};
  if (files.size() == 4) return {{files[0], files[1]}, {files[2], files[3]}};
  if (!files.empty()) {
    throw error_at(place_of(manifest, "data.path"),
                   "data.path lists " + many_text(std::int64_t(files.size()), "file") + ", expected images, labels" +
                       " or images, labels, images, labels",
                   Exit::data);
  }
  const fs::path path = path_of(manifest, kExpected);
  std::error_code failure;
  if (fs::is_directory(path, failure)) return pairs_of_folder(path);
  size_of_file(path, kExpected);
  throw wrong(path, std::string("one file, expected ") + kExpected, "hint: images and labels are files of their own");
}

std::int64_t number_at(const unsigned char* bytes) {
  return std::int64_t(bytes[0]) << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

// [n], or [n, H, W]: what the header says, checked against the size of the file. Zeros may be among them.
std::vector<std::int64_t> read_shape(ByteStream& stream, std::size_t dimensions, const fs::path& path) {
  unsigned char header[16] = {};
  stream.read(header, 4);
  const std::int64_t magic = number_at(header), expected = 0x800 + std::int64_t(dimensions);
  if (magic != expected) {
    const char* what = dimensions == 1 ? "labels (bytes, one dimension)" : "images (bytes, three dimensions)";
    const bool swapped = magic == 0x801 || magic == 0x803;
    throw stream.wrong_at(0, "magic number is " + std::to_string(magic) + ", expected " + std::to_string(expected) + " for " + what,
                          swapped ? "hint: the list goes images, labels" : "");
  }
  stream.read(header, 4 * std::int64_t(dimensions));
  std::vector<std::int64_t> shape;
  double content = 1;
  for (std::size_t i = 0; i < dimensions; ++i) {
    shape.push_back(number_at(header + 4 * i));
    content *= double(shape.back());
  }
  const double bytes = 4 + 4 * double(dimensions) + content;
  const auto there = double(stream.file_size());
  if (stream.packed()) {
    check_ratio(path, "its header", bytes, there);
  } else if (bytes != there) {
    throw stream.wrong_at(4, "the header announces " + count_text(bytes) + " bytes, the file has " + count_text(there));
  }
  return shape;
}

struct Labels {
  std::vector<unsigned char> values;
  std::int64_t classes() const { return values.empty() ? 0 : 1 + *std::max_element(values.begin(), values.end()); }
};

Labels read_labels(const Manifest& manifest, const fs::path& path) {
  ByteStream stream(path, "labels in idx format");
  const auto count = read_shape(stream, 1, path)[0];
  check_memory(manifest, path, double(count), 0);
  Labels labels{std::vector<unsigned char>(std::size_t(count))};
  stream.read(labels.values.data(), count);
  stream.expect_end();
  return labels;
}

struct Images {
  fs::path path;
  ByteStream stream;
  std::vector<std::int64_t> shape;  // [n, H, W]
};

Images open_images(const fs::path& path) {
  ByteStream stream(path, "images in idx format");
  auto shape = read_shape(stream, 3, path);
  if (shape[1] == 0 || shape[2] == 0) throw stream.wrong_at(8, "images without pixels");
  return {path, std::move(stream), std::move(shape)};
}

std::string side_text(const Images& images) { return std::to_string(images.shape[1]) + " x " + std::to_string(images.shape[2]); }

void check_same_side(const Images& images, const Images& first) {
  if (images.shape[1] == first.shape[1] && images.shape[2] == first.shape[2]) return;
  throw images.stream.wrong_at(
      8, "images of " + side_text(images) + ", but " + first.path.filename().string() + " has " + side_text(first));
}

void check_count(const Labels& labels, const Pair& pair, std::int64_t images) {
  const auto count = std::int64_t(labels.values.size());
  if (count == images) return;
  throw wrong(pair.labels,
              many_text(count, "label") + ", but " + pair.images.filename().string() + " has " + many_text(images, "image"));
}

}  // namespace

std::vector<fs::path> idx_files(const Manifest& manifest) {
  std::vector<fs::path> files;
  for (const Pair& pair : pairs_of(manifest)) files.insert(files.end(), {pair.images, pair.labels});
  return files;
}

std::int64_t idx_classes(const Manifest& manifest) {
  std::int64_t classes = 0;
  for (const Pair& pair : pairs_of(manifest)) classes = std::max(classes, read_labels(manifest, pair.labels).classes());
  return classes;
}

Dataset load_idx(const Manifest& manifest, const Watch& watch) {
  std::vector<Images> parts;
  std::vector<Labels> labels;
  std::int64_t total = 0, classes = 0;
  for (const Pair& pair : pairs_of(manifest)) {
    parts.push_back(open_images(pair.images));
    check_same_side(parts.back(), parts.front());
    labels.push_back(read_labels(manifest, pair.labels));
    check_count(labels.back(), pair, parts.back().shape[0]);
    classes = std::max(classes, labels.back().classes());
    total += parts.back().shape[0];
  }
  const auto height = parts[0].shape[1], width = parts[0].shape[2];
  if (total == 0) throw parts[0].stream.wrong_at(4, "no images in it");
  check_memory(manifest, parts[0].path, double(total), double(height) * double(width));

  Dataset data = reserve({total, 1, height, width}, classes);
  auto* pixels = data.images.mutable_data_ptr<unsigned char>();
  auto* targets = data.labels.mutable_data_ptr<std::int64_t>();
  std::int64_t done = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (std::int64_t image = 0; image < parts[i].shape[0]; ++image, ++done, pixels += height * width) {
      if (done % kWatched == 0) watch.at("reading images", done, total);
      parts[i].stream.read(pixels, height * width);
    }
    parts[i].stream.expect_end();
    targets = std::copy(labels[i].values.begin(), labels[i].values.end(), targets);
  }
  return data;
}

}  // namespace graft::core
