// Files, whole or not at all: written beside, flushed to the disk, renamed.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace graft::core {

// Replaces `path` by what `write` puts into the stream. Errors (disk full, no permission): exit 5, path and reason named; `path` as
// before.
void write_whole(const std::filesystem::path& path, const std::function<void(std::ostream&)>& write);
void write_whole(const std::filesystem::path& path, std::string_view text);

// Adds one line to a file and flushes it to the disk.
void append_line(const std::filesystem::path& path, std::string_view line);

// All of it, whatever it takes; false, and errno, where it cannot be written.
bool write_all(int descriptor, std::string_view bytes);

// The whole file; what is missing, unreadable or larger than `most` bytes is an Error of that status.
std::string read_whole(const std::filesystem::path& path, Exit status, std::size_t most = SIZE_MAX);
// The same; "" where there is no such file.
std::string read_if_there(const std::filesystem::path& path, Exit status);

}  // namespace graft::core
