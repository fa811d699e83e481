// Files as the sources publish them, made here: idx, gzip, .npy, zip.
#pragma once
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

}  // namespace graft::core
