// By OpenSSL's libcrypto.
#include "core/library/sha256.hpp"

#include <openssl/evp.h>

#include <array>

#include "core/base/files.hpp"
#include "core/library/plugin_file.hpp"

namespace graft::core {

namespace {

constexpr std::size_t kShown = 12;

std::string hex(const unsigned char* bytes, std::size_t count) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text.append({kDigits[bytes[i] >> 4], kDigits[bytes[i] & 15]});
  return text;
}

}  // namespace

std::string sha256_of_bytes(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1) return hex(digest.data(), size);
  throw Error(Exit::failed, "libcrypto has no SHA-256 here");
}

std::string sha256_of(const std::filesystem::path& file) {
  return sha256_of_bytes(read_whole(file, Exit::plugin, kLargestLibrary));
}

std::string shortened(const std::string& sha256) { return sha256.substr(0, kShown) + "…"; }

}  // namespace graft::core
