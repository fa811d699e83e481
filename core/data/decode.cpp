// Tells formats apart, and what is too large to be true.
#include "core/data/decode.hpp"

#include <ATen/ATen.h>

#include <string_view>

#include "core/base/text.hpp"
#include "core/data/source_file.hpp"

namespace graft::core {

namespace {

constexpr std::int64_t kLargestFile =
    std::int64_t(512) << 20;  // bytes; the largest image has 192 MB of them when decoded, and takes thrice that meanwhile
constexpr double kLargestImage = 64e6, kSmallImage = 1e6, kPixelsOfByte = 1000;
constexpr std::int64_t kLongestSide = 65'535;

std::string_view text_of(Bytes file) { return {reinterpret_cast<const char*>(file.data()), file.size()}; }

// What people have put under such names, so that the error can say it.
std::string other_format(std::string_view text) {
  if (text.starts_with("GIF8")) return "a GIF";
  if (text.starts_with("BM")) return "a BMP";
  if (text.starts_with("RIFF") && text.ends_with("WEBP")) return "a WebP";
  if (text.starts_with("II*") || text.starts_with("MM")) return "a TIFF";
  if (text.find("ftyp") == 4) return "an AVIF or HEIC";
  if (text.starts_with("<")) return "a page of HTML or XML";
  return "something else";
}

}  // namespace

at::Tensor decode(Bytes file) {
  const auto text = text_of(file);
  if (text.starts_with("\xff\xd8\xff")) return decode_jpeg(file);
  if (text.starts_with("\x89PNG\r\n\x1a\n")) return decode_png(file);
  throw BrokenImage(0, "expected JPEG or PNG, found " + other_format(text.substr(0, 12)));
}

at::Tensor decode_file(const std::filesystem::path& path) {
  const auto size = size_of_file(path, "an image");
  if (size > kLargestFile)
    throw wrong(path, bytes_text(double(size)) + ", expected an image of at most " + bytes_text(kLargestFile));
  auto stream = opened(path);
  std::vector<unsigned char> bytes(static_cast<std::size_t>(size));
  stream.read(reinterpret_cast<char*>(bytes.data()), size);
  if (stream.gcount() != size) throw wrong_at(path, stream.gcount(), "cannot be read further");
  try {
    return decode(bytes);
  } catch (const BrokenImage& broken) {
    throw wrong_at(path, broken.offset, broken.what());
  }
}

at::Tensor room_for(std::int64_t height, std::int64_t width, Bytes file) {
  const double pixels = double(height) * double(width), most = kPixelsOfByte * double(file.size());
  const std::string found = std::to_string(width) + " x " + std::to_string(height) + " pixels";
  if (pixels > kLargestImage) throw BrokenImage(0, found + ", expected at most 64 million");
  if (std::max(height, width) > kLongestSide) throw BrokenImage(0, found + ", expected at most 65535 a side");
  if (pixels > kSmallImage && pixels > most) {
    throw BrokenImage(0, found + " in " + bytes_text(double(file.size())) + ", more than 1000 for each byte");
  }
  try {
    return at::empty({height, width, 3}, at::kByte);
  } catch (const std::exception&) {  // LibTorch's text carries a backtrace
    throw Error(Exit::failed, "no memory for an image of " + found);
  }
}

}  // namespace graft::core
