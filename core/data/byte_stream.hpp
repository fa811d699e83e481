// The bytes of a file in order, unpacked where it is gzip, which its content tells, not its name.
#pragma once
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "core/data/source_file.hpp"

struct z_stream_s;

namespace graft::core {

class ByteStream {
 public:
  // Exit 4 as size_of_file.
  ByteStream(std::filesystem::path path, const std::string& expected);

  bool packed() const { return gzip_ != nullptr; }
  std::int64_t file_size() const { return size_; }
  std::int64_t offset() const { return offset_; }  // of unpacked bytes read so far

  // Exactly so many bytes; exit 4 where the file ends before.
  void read(unsigned char* to, std::int64_t bytes);
  // Exit 4 where there is anything more, or gzip's checksum is another.
  void expect_end();

  // Error at a place that this stream has read.
  Error wrong_at(std::int64_t offset, const std::string& what, const std::string& hint = "") const;

 private:
  std::int64_t read_some(unsigned char* to, std::int64_t bytes);  // fewer only at the end
  std::int64_t unpack(unsigned char* to, std::int64_t bytes);
  bool refill();

  std::filesystem::path path_;
  std::int64_t size_, offset_ = 0, fed_ = 0;
  std::ifstream file_;
  std::vector<unsigned char> input_;
  std::unique_ptr<z_stream_s, void (*)(z_stream_s*)> gzip_;
  bool member_ended_ = false;
};

}  // namespace graft::core
