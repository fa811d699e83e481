// MedMNIST: an .npz archive with {train,val,test}_{images,labels}.npy, images [n, H, W] or [n, H, W, 3], labels [n] or [n, 1].
#include <ATen/ATen.h>

#include <algorithm>
#include <array>

#include "core/base/shape_text.hpp"
#include "core/base/text.hpp"
#include "core/data/npz.hpp"
#include "core/data/sources.hpp"

namespace graft::core {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExpected = "a .npz archive of MedMNIST";
constexpr std::array kParts{"train", "val", "test"};
constexpr std::int64_t kMostClasses = 100'000, kWatched = 4096;  // images between two looks at the watch

// The size of the entry must be that of the array, so that nothing is allocated for an array that is not there.
void check_size(const NpzArray& array, std::int64_t bytes_each) {
  const double announced = array.header().elements() * double(bytes_each), found = double(array.bytes_left());
  if (announced == found) return;
  throw array.wrong_at(array.offset(), "its shape " + shape_text(array.header().shape) + " needs " + count_text(announced) +
                                           " bytes, the entry has " + count_text(found));
}

// [n], in 0 .. kMostClasses - 1.
std::vector<std::int64_t> read_labels(const Manifest& manifest, const fs::path& path, const Npz& archive, const std::string& part) {
  NpzArray array = archive.open(part + "_labels.npy");
  const auto& shape = array.header().shape;
  const auto type = npy_integer(array.header().type);
  if (!type)
    throw array.wrong_at(array.offset(), "labels of type '" + printable(array.header().type) + "', expected whole numbers");
  if (shape.size() == 2 && shape[1] > 1) {
    throw array.wrong_at(array.offset(), "labels " + shape_text(shape) + ": several a sample, expected one",
                         "hint: multi-label sets are not served");
  }
  if (shape.empty() || shape.size() > 2 || (shape.size() == 2 && shape[1] != 1)) {
    throw array.wrong_at(array.offset(), "labels " + shape_text(shape) + ", expected [n, 1] or [n]");
  }
  check_size(array, type->bytes);
  check_memory(manifest, path, double(shape[0]), 0);
  std::vector<std::int64_t> labels(static_cast<std::size_t>(shape[0]));
  std::array<unsigned char, 8> bytes{};
  for (auto& label : labels) {
    array.read(bytes.data(), type->bytes);
    const auto value = type->value(bytes.data());
    if (!value || *value < 0 || *value >= kMostClasses) {
      throw array.wrong_at(array.offset() - type->bytes, "label is " + (value ? std::to_string(*value) : "beyond 2^63") +
                                                             ", expected 0 to " + std::to_string(kMostClasses - 1));
    }
    label = *value;
  }
  array.expect_end();
  return labels;
}

struct ImageShape {
  std::int64_t samples, height, width, channels;
  std::int64_t bytes() const { return height * width * channels; }
  bool same_side(const ImageShape& other) const {
    return height == other.height && width == other.width && channels == other.channels;
  }
};

ImageShape shape_of(const NpzArray& array) {
  const auto& [type, fortran, shape] = array.header();
  const auto integer = npy_integer(type);
  if (!integer || integer->bytes != 1 || integer->has_sign) {
    throw array.wrong_at(array.offset(), "images of type '" + printable(type) + "', expected bytes, '|u1'");
  }
  const bool colour = shape.size() == 4 && shape[3] == 3;
  if (shape.size() > 3 && !colour) {
    throw array.wrong_at(array.offset(), "images " + shape_text(shape) + ", expected [n, H, W] or [n, H, W, 3]",
                         "hint: sets of 3-D images are not served");
  }
  if (shape.size() < 3)
    throw array.wrong_at(array.offset(), "images " + shape_text(shape) + ", expected [n, H, W] or [n, H, W, 3]");
  if (shape[1] == 0 || shape[2] == 0) throw array.wrong_at(array.offset(), "images " + shape_text(shape) + " without pixels");
  if (fortran) throw array.wrong_at(array.offset(), "images in Fortran's order", "hint: save np.ascontiguousarray of them");
  check_size(array, 1);
  return {shape[0], shape[1], shape[2], colour ? 3 : 1};
}

struct Part {
  NpzArray images;
  ImageShape shape;
  std::vector<std::int64_t> labels;
};

Part open_part(const Manifest& manifest, const fs::path& path, const Npz& archive, const std::string& name) {
  NpzArray images = archive.open(name + "_images.npy");
  const auto shape = shape_of(images);
  auto labels = read_labels(manifest, path, archive, name);
  if (std::int64_t(labels.size()) != shape.samples) {
    throw images.wrong_at(images.offset(),
                          many_text(shape.samples, "image") + ", but " + many_text(std::int64_t(labels.size()), "label"));
  }
  return {std::move(images), shape, std::move(labels)};
}

// One image [H, W, C] to planes [C, H, W].
void read_image(NpzArray& array, const ImageShape& shape, std::vector<unsigned char>& row, unsigned char* planes) {
  if (shape.channels == 1) return array.read(planes, shape.bytes());
  array.read(row.data(), shape.bytes());
  const auto pixels = shape.height * shape.width;
  for (std::int64_t i = 0; i < pixels; ++i) {
    for (std::int64_t channel = 0; channel < 3; ++channel) planes[channel * pixels + i] = row[std::size_t(3 * i + channel)];
  }
}

std::int64_t classes_among(const std::vector<std::int64_t>& labels) {
  return labels.empty() ? 0 : 1 + *std::max_element(labels.begin(), labels.end());
}

}  // namespace

fs::path medmnist_file(const Manifest& manifest) { return path_of(manifest, kExpected); }

std::int64_t medmnist_classes(const Manifest& manifest) {
  const fs::path path = path_of(manifest, kExpected);
  const Npz archive(path);
  std::int64_t classes = 0;
  for (const char* part : kParts) classes = std::max(classes, classes_among(read_labels(manifest, path, archive, part)));
  return classes;
}

Dataset load_medmnist(const Manifest& manifest, const Watch& watch) {
  const fs::path path = path_of(manifest, kExpected);
  const Npz archive(path);
  std::vector<Part> parts;
  std::int64_t total = 0, classes = 0;
  for (const char* name : kParts) {
    parts.push_back(open_part(manifest, path, archive, name));
    const auto& [images, shape, labels] = parts.back();
    if (!shape.same_side(parts[0].shape)) throw images.wrong_at(images.offset(), "images of another size than the training ones");
    total += shape.samples;
    classes = std::max(classes, classes_among(labels));
  }
  const auto shape = parts[0].shape;
  if (total == 0) throw parts[0].images.wrong_at(parts[0].images.offset(), "no images in it");
  check_memory(manifest, path, double(total), double(shape.bytes()));

  Dataset data = reserve({total, shape.channels, shape.height, shape.width}, classes);
  auto* pixels = data.images.mutable_data_ptr<unsigned char>();
  auto* labels = data.labels.mutable_data_ptr<std::int64_t>();
  std::vector<unsigned char> row(static_cast<std::size_t>(shape.bytes()));
  std::int64_t done = 0;
  for (Part& part : parts) {
    for (std::int64_t image = 0; image < part.shape.samples; ++image, ++done, pixels += shape.bytes()) {
      if (done % kWatched == 0) watch.at("reading images", done, total);
      read_image(part.images, shape, row, pixels);
    }
    part.images.expect_end();
    labels = std::copy(part.labels.begin(), part.labels.end(), labels);
  }
  return data;
}

}  // namespace graft::core
