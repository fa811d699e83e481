// By OpenSSL's libcrypto, piece by piece.
#include "core/library/sha256.hpp"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <system_error>
#include <vector>

#include "core/library/plugin_parts.hpp"

namespace graft::core {

namespace {

constexpr std::size_t kPiece = 1 << 16, kShown = 12;

std::string hex(const unsigned char* bytes, std::size_t count) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text.append({kDigits[bytes[i] >> 4], kDigits[bytes[i] & 15]});
  return text;
}

}  // namespace

std::string sha256_of(const std::filesystem::path& file) {
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> state(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!state || EVP_DigestInit_ex(state.get(), EVP_sha256(), nullptr) != 1) {
    throw Error(Exit::failed, "libcrypto has no SHA-256 here");
  }
  std::vector<char> piece(kPiece);
  while (stream.read(piece.data(), kPiece) || stream.gcount() > 0) {
    EVP_DigestUpdate(state.get(), piece.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (!stream.eof()) throw refused(file, "cannot be read: " + std::generic_category().message(errno != 0 ? errno : EIO));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(state.get(), digest.data(), &size);
  return hex(digest.data(), size);
}

std::string shortened(const std::string& sha256) { return sha256.substr(0, kShown) + "…"; }

}  // namespace graft::core
