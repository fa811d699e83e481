// CIFAR-10 and CIFAR-100, binary versions: records of one label byte (CIFAR-100: coarse, then fine) and 3 x 32 x 32 bytes, planes
// in order.
#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>

#include "core/base/text.hpp"
#include "core/data/source_file.hpp"
#include "core/data/sources.hpp"

namespace graft::core {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t kPixels = 3 * 32 * 32;

struct LabelByte {
  std::string name;
  std::int64_t classes;
};
struct Format {
  std::string name, folder;
  std::vector<std::string> files;  // training files first, then test
  std::vector<LabelByte> labels;   // the bytes before the pixels
  std::size_t wanted;              // which of them is the class
  std::int64_t record() const { return std::int64_t(labels.size()) + kPixels; }
};

Format format_of(const DataSpec& spec) {
  if (spec.source == "cifar10") {
    return {"cifar10",
            "cifar-10-batches-bin",
            {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"},
            {{"label", 10}},
            0};
  }
  return {"cifar100",
          "cifar-100-binary",
          {"train.bin", "test.bin"},
          {{"coarse label", 20}, {"fine label", 100}},
          spec.labels == "coarse" ? 0u : 1u};
}

bool compressed(const fs::path& path) {
  static const std::vector<std::string> endings{".xz", ".gz", ".tgz", ".bz2", ".zst", ".zip", ".tar"};
  return std::find(endings.begin(), endings.end(), path.extension().string()) != endings.end();
}

// Where a folder lacks what it should hold: the archive that lies there instead, if there is one.
std::string hint_for(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (compressed(entry.path())) return "hint: unpack " + entry.path().filename().string() + " first";
  }
  return "hint: data.path may also be one .bin file, or a list of them";
}

// The files of a folder in the published layout, or of the folder above it.
std::vector<fs::path> files_of_folder(const fs::path& given, const Format& format) {
  std::error_code unreadable;
  const fs::path folder = fs::is_directory(given / format.folder, unreadable) ? given / format.folder : given;
  std::vector<fs::path> found;
  std::vector<std::string> missing;
  for (const std::string& name : format.files) {
    if (fs::symlink_status(folder / name, unreadable).type() != fs::file_type::not_found) {
      found.push_back(folder / name);
    } else {
      missing.push_back(name);
    }
  }
  if (found.empty()) {
    throw wrong(given,
                "no files of " + format.name + " in this folder, looked for " + joined(format.files) + " here and in " +
                    format.folder + "/",
                hint_for(folder));
  }
  if (!missing.empty()) throw wrong(folder, "this folder of " + format.name + " lacks " + joined(missing), hint_for(folder));
  return found;
}

std::vector<fs::path> files_of(const Manifest& manifest, const Format& format) {
  if (!manifest.data.files.empty()) return manifest.data.files;
  const fs::path& path = manifest.data.path;
  if (path.empty()) {
    throw error_at(place_of(manifest, "data.source"),
                   format.name + " needs data.path: a folder, a .bin file, or a list of .bin files");
  }
  std::error_code ignored;
  return fs::is_directory(path, ignored) ? files_of_folder(path, format) : std::vector<fs::path>{path};
}

// How many records a file holds by its size; whatever that size cannot be is an error.
std::int64_t records_of(const fs::path& path, const Format& format) {
  const auto bytes = size_of_file(path, format.name + " in its binary version");
  if (compressed(path)) throw wrong(path, "a compressed file, expected " + format.name + "'s .bin", "hint: unpack it first");
  const std::int64_t record = format.record(), rest = bytes % record;
  if (rest != 0) {
    const bool other = bytes % (kPixels + (format.labels.size() == 1 ? 2 : 1)) == 0;
    throw wrong_at(
        path, bytes - rest, "truncated record, found " + std::to_string(rest) + " bytes, expected " + std::to_string(record),
        other ? "hint: the size fits cifar10" + std::string(format.labels.size() == 1 ? "0" : "") + "; is data.source right?" : "");
  }
  return bytes / record;
}

// Checks every label byte of record `number`, and gives the wanted one.
std::int64_t label_of(const unsigned char* record, const Format& format, const fs::path& path, std::int64_t number) {
  for (std::size_t i = 0; i < format.labels.size(); ++i) {
    const auto& [name, classes] = format.labels[i];
    if (record[i] < classes) continue;
    throw wrong_at(path, number * format.record() + std::int64_t(i),
                   name + " is " + std::to_string(record[i]) + ", expected 0 to " + std::to_string(classes - 1));
  }
  return record[format.wanted];
}

void read_records(const fs::path& path, std::int64_t records, const Format& format, unsigned char* pixels, std::int64_t* labels) {
  std::ifstream stream = opened(path);
  std::vector<unsigned char> record(std::size_t(format.record()));
  for (std::int64_t i = 0; i < records; ++i) {
    if (!stream.read(reinterpret_cast<char*>(record.data()), format.record())) {
      throw wrong_at(path, i * format.record() + stream.gcount(),
                     "cannot be read further, expected " + std::to_string(records) + " records");
    }
    labels[i] = label_of(record.data(), format, path, i);
    std::memcpy(pixels + i * kPixels, record.data() + format.labels.size(), kPixels);
  }
}

}  // namespace

std::vector<fs::path> cifar_files(const Manifest& manifest) { return files_of(manifest, format_of(manifest.data)); }

Dataset load_cifar(const Manifest& manifest) {
  const Format format = format_of(manifest.data);
  const std::vector<fs::path> files = files_of(manifest, format);
  std::vector<std::int64_t> records;
  for (const fs::path& file : files) records.push_back(records_of(file, format));
  std::int64_t total = 0;
  for (const std::int64_t count : records) total += count;
  check_memory(manifest, files[0], double(total), kPixels);
  Dataset data = reserve({total, 3, 32, 32}, format.labels[format.wanted].classes);
  auto* pixels = data.images.mutable_data_ptr<unsigned char>();
  auto* labels = data.labels.mutable_data_ptr<std::int64_t>();
  for (std::size_t i = 0; i < files.size(); ++i) {
    read_records(files[i], records[i], format, pixels, labels);
    pixels += records[i] * kPixels;
    labels += records[i];
  }
  return data;
}

}  // namespace graft::core
