// JPEG and PNG of every kind, right and wrong.
#include <ATen/ATen.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "checks.hpp"
#include "core/data/decode.hpp"
#include "packed.hpp"
#include "pictures.hpp"

using namespace graft::core;
using Catch::Matchers::ContainsSubstring;

namespace {

at::Tensor decoded_text(const std::string& file) {
  return decode({reinterpret_cast<const unsigned char*>(file.data()), file.size()});
}

// [H, W, 3], values of one raster as the decoders should give them.
at::Tensor plain(const Raster& raster) {
  at::Tensor bytes = at::empty({raster.height, raster.width, raster.channels}, at::kByte);
  std::memcpy(bytes.mutable_data_ptr(), raster.bytes.data(), raster.bytes.size());
  if (raster.channels < 3) return bytes.narrow(2, 0, 1).expand({-1, -1, 3}).contiguous();
  return bytes.narrow(2, 0, 3).contiguous();
}

std::int64_t largest_difference(const at::Tensor& a, const at::Tensor& b) {
  REQUIRE(a.sizes() == b.sizes());
  return a.to(at::kLong).sub(b.to(at::kLong)).abs().max().item<std::int64_t>();
}

std::vector<std::int64_t> first_row(const std::string& file) { return numbers(decoded_text(file)[0].select(1, 0)); }

void broken(const std::string& file, const std::string& what, std::int64_t from, std::int64_t to) {
  try {
    decoded_text(file);
    FAIL("no error");
  } catch (const BrokenImage& error) {
    CHECK_THAT(error.what(), ContainsSubstring(what));
    CHECK(error.offset >= from);
    CHECK(error.offset <= to);
  }
}

// The width and height that stand at `place` of a file become others, whatever checksum follows.
std::string with_sides(std::string file, std::size_t place, std::size_t digits, std::uint32_t first, std::uint32_t second) {
  file.replace(place, digits, big_endian(first).substr(4 - digits));
  return file.replace(place + digits, digits, big_endian(second).substr(4 - digits));
}

std::string with_png_sides(std::string file, std::uint32_t width, std::uint32_t height) {
  file = with_sides(std::move(file), 16, 4, width, height);
  const auto sum = crc32(0, reinterpret_cast<const Bytef*>(file.data()) + 12, 17);
  return file.replace(29, 4, big_endian(std::uint32_t(sum)));
}

std::string with_jpeg_sides(std::string file, std::uint32_t width, std::uint32_t height) {
  const auto frame = file.find("\xff\xc0");
  REQUIRE(frame != std::string::npos);
  return with_sides(std::move(file), frame + 5, 2, height, width);
}

}  // namespace

TEST_CASE("decode: PNG of 8 bits, grey, grey with alpha, colour, colour with alpha, interlaced or not, to the bit") {
  for (const int channels : {1, 2, 3, 4}) {
    const Raster raster = ramp(23, 17, channels);
    CHECK(at::equal(decoded_text(png(raster)), plain(raster)));
    CHECK(at::equal(decoded_text(png(raster, {.interlaced = true})), plain(raster)));
  }
}

TEST_CASE("decode: PNG of 1, 2, 4 and 16 bits") {
  CHECK(first_row(png(9, 1, {"\xa5\x80"}, {.colour = PNG_COLOR_TYPE_GRAY, .depth = 1})) ==
        std::vector<std::int64_t>{255, 0, 255, 0, 0, 255, 0, 255, 255});
  CHECK(first_row(png(4, 1, {"\x1b"}, {.colour = PNG_COLOR_TYPE_GRAY, .depth = 2})) == std::vector<std::int64_t>{0, 85, 170, 255});
  CHECK(first_row(png(3, 1, {"\x1f\x70"}, {.colour = PNG_COLOR_TYPE_GRAY, .depth = 4})) == std::vector<std::int64_t>{17, 255, 119});
  const std::string words("\x00\x05\x00\xff\x01\x00\xff\xff", 8);
  CHECK(first_row(png(4, 1, {words}, {.colour = PNG_COLOR_TYPE_GRAY, .depth = 16})) == std::vector<std::int64_t>{5, 255, 255, 255});
  const std::string colours("\x10\xff\x20\xff\x30\xff", 6);
  CHECK(numbers(decoded_text(png(1, 1, {colours}, {.depth = 16}))) == std::vector<std::int64_t>{0x10, 0x20, 0x30});
}

TEST_CASE("decode: PNG with a palette, its transparency dropped, indices beyond it as grey levels") {
  const std::vector<png_color> palette{{1, 2, 3}, {40, 50, 60}};
  const PngAs as{.colour = PNG_COLOR_TYPE_PALETTE, .palette = palette, .transparent = std::string(2, 0)};
  CHECK(numbers(decoded_text(png(3, 1, {std::string("\x01\x00\x07", 3)}, as))) ==
        std::vector<std::int64_t>{40, 50, 60, 1, 2, 3, 7, 7, 7});
  const PngAs narrow{.colour = PNG_COLOR_TYPE_PALETTE, .depth = 1, .palette = palette};
  CHECK(first_row(png(3, 1, {"\x40"}, narrow)) == std::vector<std::int64_t>{1, 40, 1});
}

TEST_CASE("decode: JPEG, grey and colour, plain and progressive") {
  for (const int channels : {1, 3}) {
    const Raster raster = ramp(61, 35, channels);
    CHECK(largest_difference(decoded_text(jpeg(raster)), plain(raster)) <= 8);
    CHECK(largest_difference(decoded_text(jpeg(raster, {.progressive = true})), plain(raster)) <= 8);
  }
}

TEST_CASE("decode: CMYK JPEG is taken for inverted, as Adobe writes it") {
  Raster raster{16, 16, 4, {}};
  for (int i = 0; i < 256; ++i) raster.bytes.insert(raster.bytes.end(), {200, 100, 0, 128});
  const auto pixel = numbers(decoded_text(jpeg(raster, {.quality = 100}))[3][4]);
  CHECK(std::abs(pixel[0] - 100) <= 2);  // 200 / 255 of 128
  CHECK(std::abs(pixel[1] - 50) <= 2);
  CHECK(std::abs(pixel[2] - 0) <= 2);
}

TEST_CASE("decode: the content tells the format, and what else it may be") {
  broken("", "expected JPEG or PNG", 0, 0);
  broken("GIF89a...", "expected JPEG or PNG, found a GIF", 0, 0);
  broken("RIFF\1\2\3\4WEBPVP8 ", "found a WebP", 0, 0);
  broken("<html>", "found a page of HTML or XML", 0, 0);
  broken("\xff\xd8", "found something else", 0, 0);
}

TEST_CASE("decode: truncated anywhere, an image is broken, never half an image") {
  const Raster raster = ramp(40, 40, 3);
  for (const std::string& whole :
       {jpeg(raster), jpeg(raster, {.progressive = true}), png(raster), png(raster, {.interlaced = true})}) {
    REQUIRE(decoded_text(whole).size(0) == 40);
    for (std::size_t length = 8; length < whole.size(); length += length < whole.size() - 40 ? 37 : 1) {
      broken(whole.substr(0, length), whole[0] == '\x89' ? "truncated PNG" : "JPEG", 0, std::int64_t(length));
    }
  }
}

TEST_CASE("decode: damage is found, and never crashes") {
  const Raster raster = ramp(64, 48, 3);
  for (const std::string& whole : {jpeg(raster), jpeg(raster, {.progressive = true}), png(raster)}) {
    std::size_t found = 0;
    for (std::size_t place = 2; place < whole.size(); place += 3) {
      std::string damaged = whole;
      damaged[place] = char(damaged[place] ^ 0x5a);
      try {
        decoded_text(damaged);
      } catch (const BrokenImage& error) {
        CHECK(error.offset <= std::int64_t(whole.size()));
        ++found;
      }
    }
    CHECK(found > 10);
  }
}

TEST_CASE("decode: warnings of libjpeg about damaged data are failures") {
  std::string file = jpeg(ramp(64, 64, 3));
  file.erase(file.size() - 42, 40);
  broken(file, "damaged JPEG: Corrupt JPEG data: ", 10, std::int64_t(file.size()));
}

TEST_CASE("decode: stray bytes before a marker, as cameras leave them, do not matter, as they do not to Pillow") {
  auto file = jpeg(ramp(16, 16, 3));
  const auto pixels = decoded_text(file);
  file.insert(file.size() - 2, std::string(2, '\0'));
  CHECK(at::equal(decoded_text(file), pixels));
}

TEST_CASE("decode: what follows the end of an image does not matter") {
  const Raster raster = ramp(20, 20, 3);
  CHECK(at::equal(decoded_text(png(raster) + "more"), plain(raster)));
  CHECK(at::equal(decoded_text(jpeg(raster) + "more"), decoded_text(jpeg(raster))));
}

TEST_CASE("decode: sizes that lie allocate nothing") {
  const std::string padding(2000, 'x');
  const std::string small_jpeg = jpeg(ramp(16, 16, 3)), small_png = png(ramp(16, 16, 3));
  allocates_little([&] {
    broken(with_jpeg_sides(small_jpeg, 65500, 65500) + padding, "65500 x 65500 pixels, expected at most 64 million", 0, 0);
    broken(with_jpeg_sides(small_jpeg, 7900, 7900) + padding, "7900 x 7900 pixels in ", 0, 0);
    broken(with_jpeg_sides(small_jpeg, 900, 900), "JPEG", 0, 5000);
    broken(with_png_sides(small_png, 65500, 65500) + padding, "65500 x 65500 pixels, expected at most 64 million", 0, 0);
    broken(with_png_sides(small_png, 0x7fffffff, 0x7fffffff) + padding, "pixels, expected at most 64 million", 0, 0);
    broken(with_png_sides(small_png, 7900, 7900) + padding, "more than 1000 for each byte", 0, 0);
    broken(with_png_sides(small_png, 1, 70000), "1 x 70000 pixels, expected at most 65535 a side", 0, 0);
    broken(with_png_sides(small_png, 0, 16), "damaged PNG", 0, 100);
    broken(with_png_sides(small_png, 900, 900), "PNG", 0, 5000);
  });
}

TEST_CASE("decode: texts and profiles that unpack to much are not unpacked") {
  const std::string packed = [] {
    std::string zlib(compressBound(uLong(48) << 20), 0);
    const std::string zeros(std::size_t(48) << 20, 'a');
    uLongf size = zlib.size();
    REQUIRE(compress(reinterpret_cast<Bytef*>(zlib.data()), &size, reinterpret_cast<const Bytef*>(zeros.data()), zeros.size()) ==
            Z_OK);
    return zlib.substr(0, size);
  }();
  const std::string content = std::string("zTXtName\0\0", 10) + packed;
  const auto sum = crc32(0, reinterpret_cast<const Bytef*>(content.data()), uInt(content.size()));
  std::string file = png(ramp(16, 16, 3));
  file.insert(33, big_endian(std::uint32_t(content.size() - 4)) + content + big_endian(std::uint32_t(sum)));
  allocates_little([&] { CHECK(at::equal(decoded_text(file), plain(ramp(16, 16, 3)))); }, 16);
}
