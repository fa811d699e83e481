// Looks before it opens or allocates.
#include "core/data/source_file.hpp"

#include <cerrno>
#include <cstring>

#include "core/base/text.hpp"

namespace graft::core {

namespace fs = std::filesystem;

namespace {

constexpr double kMostOfDeflate = 1032, kMostOfData = 250, kSmall = double(16 << 20);

}  // namespace

Error wrong(const fs::path& path, const std::string& what, const std::string& hint) {
  return Error(Exit::data, harmless(path.string() + ": " + what), hint);
}

Error wrong_at(const fs::path& path, std::int64_t offset, const std::string& what, const std::string& hint) {
  return wrong(path, "byte " + std::to_string(offset) + ": " + what, hint);
}

fs::path path_of(const Manifest& manifest, const std::string& expected) {
  const DataSpec& spec = manifest.data;
  if (!spec.files.empty()) {
    throw error_at(place_of(manifest, "data.path"), "data.path is a list, expected " + expected);
  }
  if (spec.path.empty()) throw error_at(place_of(manifest, "data.source"), spec.source + " needs data.path: " + expected);
  return spec.path;
}

std::int64_t size_of_file(const fs::path& path, const std::string& expected) {
  std::error_code failure;
  const auto status = fs::status(path, failure);
  if (status.type() == fs::file_type::not_found) throw wrong(path, "no such file, expected " + expected);
  if (failure) throw wrong(path, "cannot be read: " + failure.message());
  if (!fs::is_regular_file(status)) throw wrong(path, "not a file, expected " + expected);
  const auto bytes = std::int64_t(fs::file_size(path, failure));
  if (failure) throw wrong(path, failure.message());
  if (bytes == 0) throw wrong_at(path, 0, "the file is empty, expected " + expected);
  return bytes;
}

std::ifstream opened(const fs::path& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (stream) return stream;
  throw wrong(path, std::string("cannot be opened for reading") + (errno != 0 ? std::string(": ") + std::strerror(errno) : ""));
}

void check_ratio(const fs::path& path, const std::string& what, double unpacked, double packed) {
  const std::string sizes = what + " announces " + bytes_text(unpacked) + " in " + bytes_text(packed);
  if (unpacked > packed * kMostOfDeflate + kMostOfDeflate) throw wrong(path, sizes + ", more than deflate can pack into them");
  if (unpacked > kSmall && unpacked > packed * kMostOfData) {
    throw wrong(path, sizes + ", more than the 250 to 1 that is trusted", "hint: pack it again without compression");
  }
}

void check_memory(const Manifest& manifest, const fs::path& path, double samples, double bytes_each) {
  const double bytes = samples * (bytes_each + sizeof(std::int64_t)), most = manifest.data.memory_gib * double(1 << 30);
  if (bytes <= most) return;
  throw wrong(
      path,
      "announces " + count_text(samples) + " samples, which take " + bytes_text(bytes) + ", expected at most " + bytes_text(most),
      "hint: if it is meant, raise data.memory_gib");
}

std::string printable(const std::string& text) {
  std::string shown = text.substr(0, 60);
  for (char& letter : shown) letter = letter >= ' ' && letter <= '~' ? letter : '?';
  return shown;
}

}  // namespace graft::core
