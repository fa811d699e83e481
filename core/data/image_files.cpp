// Decodes many files at once; each file's failure is its own.
#include "core/data/image_files.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "core/data/decode.hpp"
#include "core/data/resize.hpp"

namespace graft::core {

namespace {

void decode_into(const std::filesystem::path& path, const at::Tensor& targets, std::int64_t index) {
  const at::Tensor planes = decode_file(path).permute({2, 0, 1}).unsqueeze(0);
  if (!targets.defined()) return;
  const auto size = targets.size(2);
  const bool fits = planes.size(2) == size && planes.size(3) == size;
  targets[index].copy_(fits ? planes[0] : grey_levels(planes, size)[0]);
}

std::optional<Error> failure_of(const std::filesystem::path& path, const at::Tensor& targets, std::int64_t index) {
  try {
    decode_into(path, targets, index);
    return {};
  } catch (const Error& error) {
    if (error.status != Exit::data) return error;
    return Error(Exit::data, error.what(), "hint: data.skip_broken = true leaves broken images out");
  } catch (const std::exception&) {  // LibTorch's text carries a backtrace
    return Error(Exit::failed, path.string() + ": no memory to decode it");
  }
}

}  // namespace

std::vector<std::optional<Error>> decode_files(std::span<const std::filesystem::path> paths, const at::Tensor& targets) {
  std::vector<std::optional<Error>> failures(paths.size());
  at::parallel_for(0, std::int64_t(paths.size()), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) failures[std::size_t(i)] = failure_of(paths[std::size_t(i)], targets, i);
  });
  return failures;
}

at::Tensor decoded(const ImageFiles& files, const at::Tensor& indices) {
  const at::Tensor wanted = indices.cpu().contiguous();
  const auto* first = wanted.const_data_ptr<std::int64_t>();
  std::vector<std::filesystem::path> paths;
  for (const auto* index = first; index != first + wanted.numel(); ++index) paths.push_back(files.paths[std::size_t(*index)]);
  at::Tensor targets = at::empty({wanted.numel(), 3, files.size, files.size}, at::kByte);
  for (const auto& failure : decode_files(paths, targets)) {
    if (failure) throw *failure;
  }
  return targets;
}

}  // namespace graft::core
