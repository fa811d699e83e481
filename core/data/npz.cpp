// By libzip, which checks the directory of an archive against its size before it allocates.
#include "core/data/npz.hpp"

#include <zip.h>

#include <set>

#include "core/base/text.hpp"

namespace graft::core {

namespace {

constexpr std::int64_t kLongestHeader = 4096;  // NumPy's are of 64 to 256 bytes
constexpr const char* kExpected = "a .npz archive as of MedMNIST";

zip_t* opened_archive(const std::filesystem::path& path) {
  int code = 0;
  if (zip_t* archive = zip_open(path.c_str(), ZIP_RDONLY, &code)) return archive;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string reason = zip_error_strerror(&error);
  zip_error_fini(&error);
  throw wrong(path, "not " + std::string(kExpected) + ": " + reason);
}

// Each name once: of two, readers differ in which they take.
void check_names(const std::filesystem::path& path, zip_t* archive) {
  std::set<std::string> names;
  const auto entries = zip_get_num_entries(archive, 0);
  for (zip_int64_t i = 0; i < entries; ++i) {
    const char* name = zip_get_name(archive, zip_uint64_t(i), ZIP_FL_ENC_RAW);
    if (name == nullptr) throw wrong(path, "entry " + std::to_string(i) + " has no name");
    if (!names.insert(name).second) throw wrong(path, "holds '" + printable(name) + "' twice");
  }
}

}  // namespace

Npz::Npz(std::filesystem::path path)
    : path_(std::move(path)), size_(size_of_file(path_, kExpected)), archive_(opened_archive(path_), zip_discard) {
  check_names(path_, archive_.get());
}

NpzArray Npz::open(const std::string& name) const { return {*this, name}; }

NpzArray::NpzArray(const Npz& archive, std::string name)
    : name_(std::move(name)), path_(archive.path_), archive_(archive.archive_), file_(nullptr, zip_fclose) {
  zip_stat_t facts;
  if (zip_stat(archive_.get(), name_.c_str(), ZIP_FL_ENC_RAW, &facts) != 0) {
    throw core::wrong(path_, "no array '" + name_ + "' in it, expected {train,val,test}_{images,labels}.npy");
  }
  constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if ((facts.valid & kNeeded) != kNeeded) throw wrong("its size is not known");
  if (facts.encryption_method != ZIP_EM_NONE) throw wrong("it is encrypted");
  if (facts.comp_method != ZIP_CM_STORE && facts.comp_method != ZIP_CM_DEFLATE) {
    throw wrong("packed by method " + std::to_string(facts.comp_method) + ", expected stored or deflated");
  }
  if (facts.comp_size > zip_uint64_t(archive.size_)) {
    throw wrong("the archive announces " + bytes_text(double(facts.comp_size)) + " for it, and has " +
                bytes_text(double(archive.size_)));
  }
  check_ratio(path_, name_, double(facts.size), double(facts.comp_size));
  size_ = std::int64_t(facts.size);
  file_.reset(zip_fopen_index(archive_.get(), facts.index, 0));
  if (!file_) throw wrong(zip_error_strerror(zip_get_error(archive_.get())));
  read_header();
}

Error NpzArray::wrong(const std::string& what, const std::string& hint) const {
  return core::wrong(path_, name_ + ": " + what, hint);
}

Error NpzArray::wrong_at(std::int64_t offset, const std::string& what, const std::string& hint) const {
  return wrong("byte " + std::to_string(offset) + ": " + what, hint);
}

void NpzArray::read(unsigned char* to, std::int64_t bytes) {
  for (std::int64_t found = 0; found < bytes;) {
    const auto got = zip_fread(file_.get(), to + found, zip_uint64_t(bytes - found));
    if (got < 0) throw wrong_at(offset_, zip_error_strerror(zip_file_get_error(file_.get())));
    if (got == 0) throw wrong_at(offset_, "it ends here, expected " + count_text(double(bytes - found)) + " more bytes");
    found += got;
    offset_ += got;
  }
}

void NpzArray::expect_end() {
  unsigned char further = 0;
  const auto got = zip_fread(file_.get(), &further, 1);
  if (got < 0) throw wrong_at(offset_, zip_error_strerror(zip_file_get_error(file_.get())));
  if (got > 0) throw wrong_at(offset_, "more bytes follow than its header announces");
}

void NpzArray::read_header() {
  unsigned char start[12] = {};
  read(start, 10);
  if (std::string(start, start + 6) != "\x93NUMPY") throw wrong_at(0, "not an array of NumPy's");
  const int version = start[6];
  if (version < 1 || version > 3) throw wrong_at(6, "version " + std::to_string(version) + " of .npy, expected 1 to 3");
  std::int64_t length = start[8] | start[9] << 8;
  if (version > 1) {
    read(start + 10, 2);
    length |= std::int64_t(start[10]) << 16 | std::int64_t(start[11]) << 24;
  }
  if (length > kLongestHeader || length > size_ - offset_) {
    throw wrong_at(8,
                   "a header of " + bytes_text(double(length)) + ", expected at most " + std::to_string(kLongestHeader) + " bytes");
  }
  std::string text(std::size_t(length), ' ');
  const auto place = offset_;
  read(reinterpret_cast<unsigned char*>(text.data()), length);
  const auto header = parse_npy_header(text);
  if (!header) {
    throw wrong_at(place, "expected type, order and shape of an array of numbers, found " + printable(text));
  }
  header_ = *header;
}

}  // namespace graft::core
