// libarchive reads; what it may cost is bounded here.
#include "apps/graft/archive.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <fstream>
#include <memory>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace graft {

namespace fs = std::filesystem;

namespace {

using core::Error;
using core::Exit;

constexpr std::size_t kMostEntries = 10'000, kMostLibraries = 64, kPiece = 1 << 16;
constexpr std::size_t kMostBytes = std::size_t(1) << 28;  // of all libraries, and of all that is passed over

class Reader {
 public:
  explicit Reader(const fs::path& file) : file_(file), archive_(archive_read_new(), archive_read_free) {
    auto* const archive = archive_.get();
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_filter_zstd(archive);
    archive_read_support_format_tar(archive);
    archive_read_support_format_zip(archive);
    archive_read_support_format_7zip(archive);
    if (archive_read_open_filename(archive, file.c_str(), kPiece) != ARCHIVE_OK) throw unreadable();
  }

  archive_entry* next() {  // null behind the last
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(archive_.get(), &entry);
    if (status == ARCHIVE_EOF) return nullptr;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) throw unreadable();
    if (++entries_ > kMostEntries) throw refused("holds more than " + std::to_string(kMostEntries) + " entries");
    return entry;
  }

  // The entry's bytes, counted also where they are not wanted.
  void read(std::ostream* into) {
    std::vector<char> piece(kPiece);
    for (;;) {
      const auto size = archive_read_data(archive_.get(), piece.data(), piece.size());
      if (size < 0) throw unreadable();
      if (size == 0) return;
      bytes_ += static_cast<std::size_t>(size);
      if (bytes_ > kMostBytes) throw refused("unpacks to more than " + core::bytes_text(double(kMostBytes)));
      if (into != nullptr) into->write(piece.data(), size);
    }
  }

  Error refused(const std::string& what) const {
    return {Exit::plugin, file_.string() + ": " + what + ", which no archive of plugins should"};
  }

 private:
  Error unreadable() const {
    const char* const said = archive_error_string(archive_.get());
    return {Exit::plugin, file_.string() +
                              ": cannot be read as an archive: " + core::harmless(said != nullptr ? said : "it is damaged") +
                              "; expected .so, .tar, .tar.gz, .tar.xz, .tar.zst, .zip or .7z, or a folder"};
  }

  fs::path file_;
  std::unique_ptr<archive, int (*)(archive*)> archive_;
  std::size_t entries_ = 0, bytes_ = 0;
};

// The last part of a name; "" where it is no plain library's.
std::string base_name(archive_entry* entry) {
  const char* const given = archive_entry_pathname(entry);
  if (given == nullptr || archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr) return "";
  const std::string name = given;
  const auto base = name.substr(name.find_last_of("/\\") + 1);
  return base.ends_with(".so") && base.size() > 3 && base[0] != '.' && core::harmless(base) == base ? base : "";
}

}  // namespace

std::vector<Member> libraries_of_archive(const fs::path& archive, const fs::path& into) {
  Reader reader(archive);
  std::vector<Member> members;
  while (auto* const entry = reader.next()) {
    if (archive_entry_is_encrypted(entry))
      throw Error(Exit::plugin, archive.string() + ": is encrypted; unpack it, and add the folder");
    const auto base = base_name(entry);
    if (base.empty()) {
      reader.read(nullptr);
      continue;
    }
    if (members.size() == kMostLibraries) throw reader.refused("holds more than " + std::to_string(kMostLibraries) + " libraries");
    const auto folder = into / std::to_string(members.size());
    fs::create_directories(folder);
    members.push_back({core::harmless(archive_entry_pathname(entry)), folder / base});
    std::ofstream file(members.back().file, std::ios::binary);
    reader.read(&file);
    if (!file.flush()) throw Error(Exit::failed, "cannot write '" + members.back().file.string() + "'");
  }
  return members;
}

}  // namespace graft
