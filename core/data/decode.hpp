// JPEG and PNG to bytes: RGB, as Pillow's Image.open(file).convert("RGB") gives them.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>

namespace graft::core {

using Bytes = std::span<const unsigned char>;

struct BrokenImage : std::runtime_error {
  BrokenImage(std::int64_t offset, const std::string& what) : runtime_error(what), offset(offset) {}
  std::int64_t offset;  // in the file
};

// uint8 [H, W, 3]. What the first bytes say tells the format. Transparency, gamma, profiles and orientation are not applied; grey
// of 16 bits is cut off at 255, as Pillow does. Throws BrokenImage for what is neither, truncated, damaged or too large.
at::Tensor decode(Bytes file);
at::Tensor decode_jpeg(Bytes file);
at::Tensor decode_png(Bytes file);

// The same for a file; exit 4 that names it and the byte.
at::Tensor decode_file(const std::filesystem::path& path);

// Room for [height, width, 3], once its size is found to be plausible: at most 128 Mpixel, and beyond 1 Mpixel at most 1000 for
// each byte of the file.
at::Tensor room_for(std::int64_t height, std::int64_t width, Bytes file);

}  // namespace graft::core
