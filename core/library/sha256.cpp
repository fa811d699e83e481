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

void check(bool done) {
  if (!done) throw Error(Exit::failed, "libcrypto has no SHA-256 here");
}

}  // namespace

Sha256::Sha256() : state_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
  check(state_ != nullptr && EVP_DigestInit_ex(state_.get(), EVP_sha256(), nullptr) == 1);
}

void Sha256::add(std::string_view bytes) { check(EVP_DigestUpdate(state_.get(), bytes.data(), bytes.size()) == 1); }

std::string Sha256::digits() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  check(EVP_DigestFinal_ex(state_.get(), digest.data(), &size) == 1);
  return hex(digest.data(), size);
}

std::string sha256_of_bytes(std::string_view bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.digits();
}

std::string sha256_of(const std::filesystem::path& file) {
  return sha256_of_bytes(read_whole(file, Exit::plugin, kLargestLibrary));
}

std::string shortened(const std::string& sha256) { return sha256.substr(0, kShown) + "…"; }

}  // namespace graft::core
