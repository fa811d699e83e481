// Folders of JPEG and PNG: decoded in parallel, once where they fit data.memory_gib.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <numeric>

#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/data/image_files.hpp"
#include "core/data/image_folder.hpp"
#include "core/data/source_file.hpp"
#include "core/data/sources.hpp"

namespace graft::core {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFilesOfThread = 16;  // decoded between two looks at the watch
constexpr const char* kExpected = "a folder with class/file or domain/class/file";

void warn_of_left_out(const std::vector<fs::path>& paths) {
  if (paths.empty()) return;
  log(Level::warning, many_text(std::int64_t(paths.size()), "image") + " left out, neither JPEG nor PNG by name, such as " +
                          harmless(paths[0].string()));
}

void warn_of_broken(const std::vector<Error>& broken, std::size_t of) {
  if (broken.empty()) return;
  std::string text = count_text(double(broken.size())) + " of " + many_text(std::int64_t(of), "image") + " left out, broken:";
  for (std::size_t i = 0; i < std::min<std::size_t>(broken.size(), 3); ++i) text += std::string("\n  ") + broken[i].what();
  if (broken.size() > 3) text += "\n  …";
  log(Level::warning, text);
  for (const Error& error : broken) log(Level::debug, std::string("left out: ") + error.what());
}

// Of the files that were decoded from `start` on: those that are whole to `whole`, as indices; their rows close up. Rows may be
// undefined.
void keep_whole(const std::vector<std::optional<Error>>& failures, std::size_t start, const at::Tensor& rows,
                std::vector<std::size_t>& whole, std::vector<Error>& broken) {
  std::vector<std::int64_t> kept;
  for (std::size_t i = 0; i < failures.size(); ++i) {
    if (failures[i]) {
      broken.push_back(*failures[i]);
    } else {
      kept.push_back(std::int64_t(i));
      whole.push_back(start + i);
    }
  }
  if (!rows.defined() || kept.size() == failures.size()) return;
  rows.narrow(0, 0, std::int64_t(kept.size())).copy_(rows.index_select(0, at::tensor(kept, at::kLong)));
}

void refuse_broken(const std::vector<std::optional<Error>>& failures, bool skip_broken) {
  for (const auto& failure : failures) {
    if (failure && (!skip_broken || failure->status != Exit::data)) throw *failure;
  }
}

// Decodes files into the first rows of `targets`, those that are left out closed up; undefined targets: only looks. Returns which
// files are whole.
std::vector<std::size_t> decode_all(const std::vector<fs::path>& paths, const at::Tensor& targets, bool skip_broken,
                                    const Watch& watch) {
  std::vector<std::size_t> whole;
  std::vector<Error> broken;
  const auto chunk = kFilesOfThread * std::size_t(at::get_num_threads());
  for (std::size_t start = 0; start < paths.size(); start += chunk) {
    watch.at("decoding images", std::int64_t(start), std::int64_t(paths.size()));
    const auto count = std::min(chunk, paths.size() - start);
    const at::Tensor rows = targets.defined() ? targets.narrow(0, std::int64_t(whole.size()), std::int64_t(count)) : at::Tensor();
    const auto failures = decode_files(std::span(paths).subspan(start, count), rows);
    refuse_broken(failures, skip_broken);
    keep_whole(failures, start, rows, whole, broken);
  }
  watch.at("decoding images", std::int64_t(paths.size()), std::int64_t(paths.size()));
  warn_of_broken(broken, paths.size());
  return whole;
}

std::vector<std::size_t> all_of(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t(0));
  return all;
}

std::vector<fs::path> chosen(const std::vector<fs::path>& paths, const std::vector<std::size_t>& which) {
  std::vector<fs::path> some;
  for (const auto i : which) some.push_back(paths[i]);
  return some;
}

// Labels, domains and names of these files.
Dataset with_facts(Dataset data, const ImageFolder& folder, const std::vector<std::size_t>& which) {
  std::vector<std::int64_t> labels;
  for (const auto i : which) {
    labels.push_back(std::int64_t(folder.files[i].label));
    if (!folder.domains.empty()) data.domains.push_back(std::int64_t(folder.files[i].domain));
  }
  data.labels = at::tensor(labels, at::kLong);
  data.classes = std::int64_t(folder.classes.size());
  data.class_names = folder.classes;
  data.domain_names = folder.domains;
  return data;
}

}  // namespace

fs::path images_folder(const Manifest& manifest) { return path_of(manifest, kExpected); }

std::int64_t images_classes(const Manifest& manifest) {
  return std::int64_t(list_images(path_of(manifest, kExpected)).classes.size());
}

std::vector<std::string> images_domains(const Manifest& manifest) { return list_images(path_of(manifest, kExpected)).domains; }

Dataset load_images(const Manifest& manifest, std::int64_t size, const Watch& watch) {
  const fs::path root = path_of(manifest, kExpected);
  const ImageFolder folder = list_images(root);
  warn_of_left_out(folder.left_out);
  std::vector<fs::path> paths;
  for (const auto& file : folder.files) paths.push_back(file.path);

  const auto samples = std::int64_t(paths.size()), classes = std::int64_t(folder.classes.size());
  const bool held = double(samples) * 3 * double(size) * double(size) <= manifest.data.memory_gib * double(1 << 30);
  Dataset data;
  if (held) data = reserve({samples, 3, size, size}, classes);
  const bool skip = manifest.data.skip_broken;
  const auto whole = held || skip ? decode_all(paths, data.images, skip, watch) : all_of(paths.size());
  if (whole.empty()) throw wrong(root, "none of its " + many_text(samples, "image") + " can be decoded");
  if (held) data.images = data.images.narrow(0, 0, std::int64_t(whole.size()));
  if (!held) data.files = std::make_shared<ImageFiles>(ImageFiles{chosen(paths, whole), size});

  return with_facts(std::move(data), folder, whole);
}

Dataset label_images(const Manifest& manifest) {
  const ImageFolder folder = list_images(path_of(manifest, kExpected));
  warn_of_left_out(folder.left_out);
  return with_facts({}, folder, all_of(folder.files.size()));
}

}  // namespace graft::core
