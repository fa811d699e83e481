// SHA-256, by which the bytes of plugins and data are known: 64 hex digits.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace graft::core {

class Sha256 {  // of bytes that come in parts
 public:
  Sha256();
  void add(std::string_view bytes);
  std::string digits();  // of all; nothing can be added any more

 private:
  std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> state_;
};

std::string sha256_of_bytes(std::string_view bytes);
std::string sha256_of(const std::filesystem::path& file);  // one that cannot be read is exit 3
std::string shortened(const std::string& sha256);          // "0123456789ab…", for messages

}  // namespace graft::core
