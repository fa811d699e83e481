// Pictures as encoders make them: JPEG and PNG of any kind.
#pragma once
#include <jpeglib.h>
#include <png.h>

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <string>
#include <vector>

namespace graft::core {

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
