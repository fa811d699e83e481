// Files as the sources publish them, made here: idx, gzip, .npy, zip, JPEG, PNG.
#pragma once
#include <jpeglib.h>
#include <png.h>
#include <zip.h>
#include <zlib.h>

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace graft::core {

inline std::string big_endian(std::uint32_t number) {
  return {char(number >> 24), char(number >> 16), char(number >> 8), char(number)};
}

// An idx file of bytes with these sizes; the content may be another than they say.
inline std::string idx(const std::vector<std::uint32_t>& sizes, const std::string& content) {
  std::string text = big_endian(0x800 + std::uint32_t(sizes.size()));
  for (const auto size : sizes) text += big_endian(size);
  return text + content;
}

inline std::string counted(std::size_t bytes, int first = 0) {  // first, first + 1, …
  std::string text(bytes, 0);
  for (std::size_t i = 0; i < bytes; ++i) text[i] = char(first + int(i));
  return text;
}

inline std::string gzip(const std::string& content) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, content.size()), 0);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = uInt(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = uInt(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

inline std::string npy(const std::string& type, const std::string& shape, const std::string& content, bool fortran = false) {
  std::string header =
      "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': (" + shape + "), }";
  header += std::string(63 - (10 + header.size()) % 64, ' ') + "\n";
  const auto length = header.size();
  return std::string("\x93NUMPY\x01\x00", 8) + char(length & 255) + char(length >> 8) + header + content;
}

struct Entry {
  std::string content;
  zip_int32_t method = ZIP_CM_DEFLATE;
  bool encrypted = false;
};
using Entries = std::map<std::string, Entry>;

inline std::filesystem::path write_zip(const std::filesystem::path& path, const Entries& entries) {
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  REQUIRE(archive != nullptr);
  for (const auto& [name, entry] : entries) {
    zip_source_t* source = zip_source_buffer(archive, entry.content.data(), entry.content.size(), 0);
    const auto index = zip_file_add(archive, name.c_str(), source, 0);
    REQUIRE(index >= 0);
    REQUIRE(zip_set_file_compression(archive, zip_uint64_t(index), entry.method, 0) == 0);
    if (entry.encrypted) REQUIRE(zip_file_set_encryption(archive, zip_uint64_t(index), ZIP_EM_AES_128, "secret") == 0);
  }
  REQUIRE(zip_close(archive) == 0);
  return path;
}

struct Raster {  // what an encoder is given: rows of `channels` samples
  int width, height, channels;
  std::vector<unsigned char> bytes;
};

// Smooth, so that JPEG keeps it nearly as it is.
inline Raster ramp(int width, int height, int channels) {
  Raster raster{width, height, channels, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width * channels; ++x) {
      raster.bytes.push_back(static_cast<unsigned char>(40 + 150 * x / (width * channels) + 30 * y / height + 10 * (x % channels)));
    }
  }
  return raster;
}

struct JpegAs {
  int quality = 95;
  bool progressive = false;
};

inline std::string jpeg(const Raster& raster, JpegAs as = {}) {
  jpeg_compress_struct state{};
  jpeg_error_mgr errors{};
  state.err = jpeg_std_error(&errors);
  jpeg_create_compress(&state);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&state, &bytes, &size);
  state.image_width = JDIMENSION(raster.width);
  state.image_height = JDIMENSION(raster.height);
  state.input_components = raster.channels;
  state.in_color_space = raster.channels == 1 ? JCS_GRAYSCALE : raster.channels == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&state);
  jpeg_set_quality(&state, as.quality, TRUE);
  if (as.progressive) jpeg_simple_progression(&state);
  jpeg_start_compress(&state, TRUE);
  while (state.next_scanline < state.image_height) {
    auto* row = const_cast<unsigned char*>(raster.bytes.data()) + std::size_t(state.next_scanline) * raster.width * raster.channels;
    jpeg_write_scanlines(&state, &row, 1);
  }
  jpeg_finish_compress(&state);
  std::string text(reinterpret_cast<char*>(bytes), size);
  jpeg_destroy_compress(&state);
  free(bytes);
  return text;
}

struct PngAs {
  int colour = PNG_COLOR_TYPE_RGB, depth = 8;
  bool interlaced = false;
  std::vector<png_color> palette = {};
  std::string transparent = "";  // alpha of palette entries
};

// `rows`: packed as PNG packs them.
inline std::string png(int width, int height, const std::vector<std::string>& rows, const PngAs& as = {}) {
  std::string text;
  png_structp state = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop facts = png_create_info_struct(state);
  const auto append = [](png_structp from, png_bytep bytes, std::size_t size) {
    static_cast<std::string*>(png_get_io_ptr(from))->append(reinterpret_cast<char*>(bytes), size);
  };
  png_set_write_fn(state, &text, append, nullptr);
  png_set_IHDR(state, facts, png_uint_32(width), png_uint_32(height), as.depth, as.colour,
               as.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!as.palette.empty()) png_set_PLTE(state, facts, as.palette.data(), int(as.palette.size()));
  if (!as.transparent.empty()) {
    png_set_tRNS(state, facts, reinterpret_cast<png_const_bytep>(as.transparent.data()), int(as.transparent.size()), nullptr);
  }
  png_write_info(state, facts);
  const int passes = png_set_interlace_handling(state);
  for (int pass = 0; pass < passes; ++pass) {
    for (const auto& row : rows) png_write_row(state, reinterpret_cast<png_const_bytep>(row.data()));
  }
  png_write_end(state, nullptr);
  png_destroy_write_struct(&state, &facts);
  return text;
}

inline std::string png(const Raster& raster, PngAs as = {}) {
  constexpr int kColours[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGBA};
  as.colour = kColours[raster.channels];
  std::vector<std::string> rows;
  const auto length = std::size_t(raster.width) * std::size_t(raster.channels);
  for (int y = 0; y < raster.height; ++y) {
    rows.emplace_back(reinterpret_cast<const char*>(raster.bytes.data()) + std::size_t(y) * length, length);
  }
  return png(raster.width, raster.height, rows, as);
}

}  // namespace graft::core
