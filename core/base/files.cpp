// Files by POSIX calls, which alone can flush to the disk and say why something failed.
#include "core/base/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <ostream>
#include <streambuf>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/text.hpp"

namespace graft::core {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(Exit status, const char* what, const fs::path& path, int reason) {
  throw Error(status, std::string(what) + " '" + path.string() + "': " + std::generic_category().message(reason));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  int number() const { return number_; }
  bool opened() const { return number_ >= 0; }
  int close() { return opened() ? ::close(std::exchange(number_, -1)) : 0; }

 private:
  int number_;
};

// A stream over a descriptor that remembers why a write failed.
class DescriptorBuffer : public std::streambuf {
 public:
  explicit DescriptorBuffer(int descriptor) : descriptor_(descriptor), buffer_(1 << 16) {
    setp(buffer_.data(), buffer_.data() + buffer_.size());
  }
  int reason() const { return reason_; }

 protected:
  int_type overflow(int_type next) override {
    if (sync() != 0) return traits_type::eof();
    return traits_type::eq_int_type(next, traits_type::eof()) ? traits_type::not_eof(next) : sputc(traits_type::to_char_type(next));
  }

  std::streamsize xsputn(const char* from, std::streamsize size) override {
    if (size < static_cast<std::streamsize>(buffer_.size())) return std::streambuf::xsputn(from, size);
    return sync() == 0 && put(from, static_cast<std::size_t>(size)) ? size : 0;  // what is large passes by the buffer
  }

  int sync() override {
    const bool done = put(pbase(), static_cast<std::size_t>(pptr() - pbase()));
    setp(buffer_.data(), buffer_.data() + buffer_.size());
    return done ? 0 : -1;
  }

 private:
  bool put(const char* from, std::size_t size) {
    if (reason_ == 0 && !write_all(descriptor_, {from, size})) reason_ = errno;
    return reason_ == 0;
  }

  int descriptor_;
  int reason_ = 0;
  std::vector<char> buffer_;
};

// The file that is written beside another, under one fixed name: what a killed run left there, the next one overwrites.
class Beside {
 public:
  explicit Beside(const fs::path& of)
      : path_(of.string() + ".part"),
        file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)),
        made_(file_.opened()) {}
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  ~Beside() {
    if (made_) ::unlink(path_.c_str());
  }
  Descriptor& file() { return file_; }
  bool rename_to(const fs::path& path) {
    if (::rename(path_.c_str(), path.c_str()) != 0) return false;
    made_ = false;
    return true;
  }

 private:
  fs::path path_;
  Descriptor file_;
  bool made_;
};

// A new name in a folder lasts only once the folder is flushed as well.
bool flush_folder_of(const fs::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.opened() && (::fsync(opened.number()) == 0 || errno == EINVAL);
}

}  // namespace

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void write_whole(const fs::path& path, const std::function<void(std::ostream&)>& write) {
  const auto check = [&path](bool done) {
    if (!done) fail(Exit::failed, "cannot write", path, errno);
  };
  Beside beside(path);
  check(beside.file().opened());
  DescriptorBuffer buffer(beside.file().number());
  std::ostream stream(&buffer);
  write(stream);
  stream.flush();
  if (!stream.good()) fail(Exit::failed, "cannot write", path, buffer.reason() != 0 ? buffer.reason() : EIO);
  check(::fsync(beside.file().number()) == 0);
  check(beside.file().close() == 0);
  check(beside.rename_to(path));
  check(flush_folder_of(path));
}

void write_whole(const fs::path& path, std::string_view text) {
  write_whole(path, [text](std::ostream& stream) { stream.write(text.data(), static_cast<std::streamsize>(text.size())); });
}

void append_line(const fs::path& path, std::string_view line) {
  const bool is_new = !fs::exists(path);
  Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
  if (!file.opened()) fail(Exit::failed, "cannot write", path, errno);
  const auto before = ::lseek(file.number(), 0, SEEK_END);
  const std::string whole = std::string(line) + '\n';
  if (!write_all(file.number(), whole) || ::fsync(file.number()) != 0) {
    const int reason = errno;
    if (::ftruncate(file.number(), before) != 0) fail(Exit::failed, "half a line is left in", path, reason);
    fail(Exit::failed, "cannot write", path, reason);
  }
  if (is_new && !flush_folder_of(path)) fail(Exit::failed, "cannot write", path, errno);
}

std::string read_whole(const fs::path& path, Exit status, std::size_t most) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.opened()) fail(status, "cannot read", path, errno);
  std::string text;
  std::vector<char> buffer(1 << 16);
  for (;;) {
    const auto size = ::read(file.number(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) fail(status, "cannot read", path, errno);
    if (size == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
    if (text.size() > most) throw Error(status, "cannot read '" + path.string() + "': larger than " + bytes_text(double(most)));
  }
}

std::string read_if_there(const fs::path& path, Exit status) {
  std::error_code none;
  return fs::is_regular_file(path, none) ? read_whole(path, status) : "";
}

}  // namespace graft::core
