// JPEG by libjpeg. Its errors jump over C frames: the functions that set a jump hold nothing with a destructor.
#include <cstdio>

#include <jpeglib.h>  // uses <cstdio>

#include <jerror.h>  // uses jpeglib.h

#include <algorithm>
#include <csetjmp>
#include <cstring>

#include "core/data/decode.hpp"

namespace graft::core {

namespace {

constexpr int kMostScans = 200;  // of a progressive image: each is a pass over all of it for a few bytes of the file

struct Decoder {
  explicit Decoder(Bytes file);
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { jpeg_destroy_decompress(&state); }

  Bytes file;
  jpeg_decompress_struct state{};  // its client_data is this decoder
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf back;
  char text[JMSG_LENGTH_MAX] = "";
};

Decoder& decoder_of(j_common_ptr state) { return *static_cast<Decoder*>(state->client_data); }

[[noreturn]] void leave(j_common_ptr state) {
  Decoder& decoder = decoder_of(state);
  state->err->format_message(state, decoder.text);
  std::longjmp(decoder.back, 1);
}

// libjpeg goes on after a warning, with pixels that it makes up; but for two that are about versions, and stray bytes between
// markers, which cameras leave and Pillow passes over.
void leave_if_damaged(j_common_ptr state, int level) {
  const int code = state->err->msg_code;
  if (level < 0 && code != JWRN_ADOBE_XFORM && code != JWRN_JFIF_MAJOR && code != JWRN_EXTRANEOUS_DATA) leave(state);
}

void leave_if_endless(j_common_ptr state) {
  if (reinterpret_cast<j_decompress_ptr>(state)->input_scan_number <= kMostScans) return;
  Decoder& decoder = decoder_of(state);
  std::strcpy(decoder.text, "more than 200 scans");
  std::longjmp(decoder.back, 1);
}

void say_nothing(j_common_ptr) {}

Decoder::Decoder(Bytes file) : file(file) {
  state.err = jpeg_std_error(&errors);
  state.client_data = this;
  errors.error_exit = leave;
  errors.emit_message = leave_if_damaged;
  errors.output_message = say_nothing;
  progress.progress_monitor = leave_if_endless;
}

// False: left by an error.
bool read_header(Decoder& decoder) {
  if (setjmp(decoder.back) != 0) return false;
  auto& state = decoder.state;
  jpeg_create_decompress(&state);
  state.progress = &decoder.progress;
  jpeg_mem_src(&state, decoder.file.data(), decoder.file.size());
  jpeg_read_header(&state, TRUE);
  state.out_color_space = state.num_components == 4 ? JCS_CMYK : JCS_RGB;
  return true;
}

unsigned char product_of_parts(int a, int b) {  // a / 255 * b, rounded as Pillow does
  const int product = a * b + 128;
  return static_cast<unsigned char>((product + (product >> 8)) >> 8);
}

// Pillow takes every CMYK for an inverted one, as Adobe writes it.
void cmyk_to_rgb(const unsigned char* cmyk, unsigned char* rgb, std::int64_t width) {
  for (std::int64_t x = 0; x < width; ++x, cmyk += 4, rgb += 3) {
    for (int i = 0; i < 3; ++i)
      rgb[i] = static_cast<unsigned char>(std::max(0, cmyk[3] - product_of_parts(255 - cmyk[i], cmyk[3])));
  }
}

// Into [H, W, 3]; `row` has room for one line of CMYK. False: left by an error.
bool read_pixels(Decoder& decoder, unsigned char* rgb, unsigned char* row) {
  if (setjmp(decoder.back) != 0) return false;
  auto& state = decoder.state;
  jpeg_start_decompress(&state);
  while (state.output_scanline < state.output_height) {
    unsigned char* line = rgb + std::int64_t(3) * state.output_width * state.output_scanline;
    unsigned char* target = state.out_color_components == 4 ? row : line;
    jpeg_read_scanlines(&state, &target, 1);
    if (target == row) cmyk_to_rgb(row, line, state.output_width);
  }
  jpeg_finish_decompress(&state);
  return true;
}

BrokenImage broken(const Decoder& decoder) {
  const auto size = std::int64_t(decoder.file.size());
  const auto* source = decoder.state.src;
  const auto left = source != nullptr ? std::int64_t(source->bytes_in_buffer) : size;
  if (decoder.errors.msg_code == JWRN_JPEG_EOF) return {size, "truncated JPEG"};
  return {std::clamp<std::int64_t>(size - left, 0, size), std::string("damaged JPEG: ") + decoder.text};
}

}  // namespace

at::Tensor decode_jpeg(Bytes file) {
  Decoder decoder(file);
  if (!read_header(decoder)) throw broken(decoder);
  const auto& state = decoder.state;
  if (state.num_components != 1 && state.num_components != 3 && state.num_components != 4) {
    throw BrokenImage(0, "a JPEG of " + std::to_string(state.num_components) + " components, expected 1, 3 or 4");
  }
  at::Tensor rgb = room_for(state.image_height, state.image_width, file);
  std::vector<unsigned char> row(state.num_components == 4 ? std::size_t(4) * state.image_width : 0);
  if (!read_pixels(decoder, rgb.mutable_data_ptr<unsigned char>(), row.data())) throw broken(decoder);
  return rgb;
}

}  // namespace graft::core
