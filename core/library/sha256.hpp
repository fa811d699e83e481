// The SHA-256 of a file, by which a plugin's bytes are known.
#pragma once
#include <cstddef>
#include <filesystem>
#include <string>

namespace graft::core {

std::string sha256_of(const std::filesystem::path& file);  // 64 hex digits; a file that cannot be read is exit 3
std::string shortened(const std::string& sha256);          // "0123456789ab…", for messages

}  // namespace graft::core
