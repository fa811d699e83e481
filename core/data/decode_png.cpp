// PNG by libpng. Its errors jump over C frames: the functions that set a jump hold nothing with a destructor.
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <vector>

#include "core/data/decode.hpp"

namespace graft::core {

namespace {

struct Decoder {
  explicit Decoder(Bytes file) : file(file) {}
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { png_destroy_read_struct(&state, &facts, nullptr); }

  Bytes file;
  std::size_t taken = 0;  // bytes of the file
  png_structp state = nullptr;
  png_infop facts = nullptr;
  char text[100] = "no memory";
  bool ended = false;  // the file, before the image
};

[[noreturn]] void leave(png_structp state, png_const_charp text) {
  auto& decoder = *static_cast<Decoder*>(png_get_error_ptr(state));
  std::strncpy(decoder.text, text, sizeof decoder.text - 1);
  png_longjmp(state, 1);
}

void say_nothing(png_structp, png_const_charp) {}

void give_bytes(png_structp state, png_bytep to, std::size_t bytes) {
  auto& decoder = *static_cast<Decoder*>(png_get_io_ptr(state));
  decoder.ended = bytes > decoder.file.size() - decoder.taken;
  if (decoder.ended) png_error(state, "truncated");
  std::memcpy(to, decoder.file.data() + decoder.taken, bytes);
  decoder.taken += bytes;
}

// Indices beyond the palette are the grey levels of that number, as Pillow has them.
void fill_palette(Decoder& decoder) {
  png_colorp given = nullptr;
  int count = 0;
  png_color palette[256];
  for (int i = 0; i < 256; ++i) palette[i] = {png_byte(i), png_byte(i), png_byte(i)};
  png_get_PLTE(decoder.state, decoder.facts, &given, &count);
  for (int i = 0; i < count; ++i) palette[i] = given[i];
  png_set_PLTE(decoder.state, decoder.facts, palette, 1 << png_get_bit_depth(decoder.state, decoder.facts));
}

// False: left by an error.
bool read_header(Decoder& decoder) {
  decoder.state = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, leave, say_nothing);
  if (decoder.state == nullptr) return false;
  if (setjmp(png_jmpbuf(decoder.state)) != 0) return false;
  decoder.facts = png_create_info_struct(decoder.state);
  png_set_read_fn(decoder.state, &decoder, give_bytes);
  png_set_user_limits(decoder.state, 0x7fffffff, 0x7fffffff);                       // `room_for` judges the size
  png_set_keep_unknown_chunks(decoder.state, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);  // texts and profiles may be bombs
  png_set_check_for_invalid_index(decoder.state, -1);
  png_read_info(decoder.state, decoder.facts);
  return true;
}

bool is_deep_grey(const Decoder& decoder) {  // of 16 bits
  return png_get_color_type(decoder.state, decoder.facts) == PNG_COLOR_TYPE_GRAY &&
         png_get_bit_depth(decoder.state, decoder.facts) == 16;
}

// Rows become RGB of 8 bits, but for deep grey. False: left by an error.
bool transform(Decoder& decoder) {
  if (setjmp(png_jmpbuf(decoder.state)) != 0) return false;
  const int colour = png_get_color_type(decoder.state, decoder.facts);
  if (colour == PNG_COLOR_TYPE_PALETTE) {
    fill_palette(decoder);
    png_set_palette_to_rgb(decoder.state);
  }
  if (!is_deep_grey(decoder)) {
    png_set_expand_gray_1_2_4_to_8(decoder.state);
    png_set_strip_16(decoder.state);
    png_set_strip_alpha(decoder.state);
    png_set_gray_to_rgb(decoder.state);
  }
  png_set_interlace_handling(decoder.state);
  png_read_update_info(decoder.state, decoder.facts);
  return true;
}

// False: left by an error.
bool read_pixels(Decoder& decoder, unsigned char** rows) {
  if (setjmp(png_jmpbuf(decoder.state)) != 0) return false;
  png_read_image(decoder.state, rows);
  png_read_end(decoder.state, nullptr);
  return true;
}

BrokenImage broken(const Decoder& decoder) {
  if (decoder.ended) return {std::int64_t(decoder.file.size()), "truncated PNG"};
  return {std::int64_t(decoder.taken), std::string("damaged PNG: ") + decoder.text};
}

std::vector<unsigned char*> rows_of(unsigned char* first, std::int64_t height, std::size_t length) {
  std::vector<unsigned char*> rows;
  for (std::int64_t y = 0; y < height; ++y) rows.push_back(first + std::size_t(y) * length);
  return rows;
}

}  // namespace

at::Tensor decode_png(Bytes file) {
  Decoder decoder(file);
  if (!read_header(decoder)) throw broken(decoder);
  const auto height = std::int64_t(png_get_image_height(decoder.state, decoder.facts));
  const auto width = std::int64_t(png_get_image_width(decoder.state, decoder.facts));
  at::Tensor rgb = room_for(height, width, file);
  if (!transform(decoder)) throw broken(decoder);

  const bool deep = is_deep_grey(decoder);
  const std::size_t line = std::size_t(width) * (deep ? 2 : 3);
  if (png_get_rowbytes(decoder.state, decoder.facts) != line) throw BrokenImage(0, "a PNG of an unknown kind");
  auto* pixels = rgb.mutable_data_ptr<unsigned char>();
  std::vector<unsigned char> words(deep ? line * std::size_t(height) : 0);
  auto rows = rows_of(deep ? words.data() : pixels, height, line);
  if (!read_pixels(decoder, rows.data())) throw broken(decoder);
  for (std::size_t i = 0; i < words.size(); i += 2, pixels += 3) {
    std::fill_n(pixels, 3, words[i] != 0 ? static_cast<unsigned char>(255) : words[i + 1]);
  }
  return rgb;
}

}  // namespace graft::core
