// SHA-256, by which a plugin's bytes are known: 64 hex digits.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace graft::core {

std::string sha256_of_bytes(std::string_view bytes);
std::string sha256_of(const std::filesystem::path& file);  // one that cannot be read is exit 3
std::string shortened(const std::string& sha256);          // "0123456789ab…", for messages

}  // namespace graft::core
