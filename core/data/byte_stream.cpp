// Plain bytes as they are, gzip by zlib.
#include "core/data/byte_stream.hpp"

#include <zlib.h>

#include <algorithm>

#include "core/base/text.hpp"

namespace graft::core {

namespace {

constexpr std::size_t kBuffer = 1 << 16;
constexpr int kGzip = 16 + MAX_WBITS;  // zlib's way to say: gzip, not zlib

void end(z_stream_s* stream) {
  inflateEnd(stream);
  delete stream;
}

}  // namespace

ByteStream::ByteStream(std::filesystem::path path, const std::string& expected)
    : path_(std::move(path)), size_(size_of_file(path_, expected)), file_(opened(path_)), gzip_(nullptr, end) {
  if (file_.get() == 0x1f && file_.get() == 0x8b) {
    gzip_.reset(new z_stream{});
    if (inflateInit2(gzip_.get(), kGzip) != Z_OK) throw wrong(path_, "zlib could not be started");
    input_.resize(kBuffer);
  }
  file_.clear();
  file_.seekg(0);
}

Error ByteStream::wrong_at(std::int64_t offset, const std::string& what, const std::string& hint) const {
  if (!packed()) return core::wrong_at(path_, offset, what, hint);
  return wrong(path_, "byte " + std::to_string(offset) + " of what it unpacks to: " + what, hint);
}

void ByteStream::read(unsigned char* to, std::int64_t bytes) {
  const auto found = read_some(to, bytes);
  if (found == bytes) return;
  throw wrong_at(offset_, "the file ends here, expected " + count_text(double(bytes - found)) + " more bytes");
}

void ByteStream::expect_end() {
  unsigned char further = 0;
  const auto end = offset_;
  if (read_some(&further, 1) != 0) throw wrong_at(end, "more bytes follow than its header announces");
}

std::int64_t ByteStream::read_some(unsigned char* to, std::int64_t bytes) {
  std::int64_t found = 0;
  if (packed()) {
    found = unpack(to, bytes);
  } else {
    file_.read(reinterpret_cast<char*>(to), bytes);
    found = file_.gcount();
    if (file_.bad()) throw wrong_at(offset_ + found, "cannot be read further");
  }
  offset_ += found;
  return found;
}

bool ByteStream::refill() {
  file_.read(reinterpret_cast<char*>(input_.data()), std::int64_t(input_.size()));
  gzip_->next_in = input_.data();
  gzip_->avail_in = uInt(file_.gcount());
  fed_ += file_.gcount();
  return file_.gcount() > 0;
}

std::int64_t ByteStream::unpack(unsigned char* to, std::int64_t bytes) {
  std::int64_t found = 0;
  while (found < bytes) {
    if (gzip_->avail_in == 0 && !refill()) {
      if (!member_ended_) throw core::wrong_at(path_, size_, "gzip's content is cut off here");
      return found;
    }
    if (member_ended_) inflateReset(gzip_.get());  // gzip files may be joined; what is none fails at its header
    const auto room = uInt(std::min<std::int64_t>(bytes - found, 1 << 30));
    gzip_->next_out = to + found;
    gzip_->avail_out = room;
    const int status = inflate(gzip_.get(), Z_NO_FLUSH);
    found += room - gzip_->avail_out;
    member_ended_ = status == Z_STREAM_END;
    if (member_ended_ || status == Z_OK || status == Z_BUF_ERROR) continue;
    const std::string reason = gzip_->msg != nullptr ? gzip_->msg : "wrong content";
    throw core::wrong_at(path_, fed_ - std::int64_t(gzip_->avail_in), "not gzip: " + reason);
  }
  return found;
}

}  // namespace graft::core
