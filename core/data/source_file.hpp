// The files of a source: what they may be, how large what they announce may be, and errors that name file and offset.
#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/base/error.hpp"
#include "core/manifest/manifest.hpp"

namespace graft::core {

// Exit 4: "path: what", "path: byte 16: what".
Error wrong(const std::filesystem::path& path, const std::string& what, const std::string& hint = "");
Error wrong_at(const std::filesystem::path& path, std::int64_t offset, const std::string& what, const std::string& hint = "");

// data.path of a source that reads one folder or file; a usage error where it is missing, exit 4 where it is a list.
std::filesystem::path path_of(const Manifest& manifest, const std::string& expected);

// The size in bytes of a regular file. Exit 4 for what is missing or anything else: a pipe is never opened, which would wait.
std::int64_t size_of_file(const std::filesystem::path& path, const std::string& expected);

// For reading; exit 4 with the reason.
std::ifstream opened(const std::filesystem::path& path);

// Exit 4 where `packed` bytes cannot be, or are too few to be trusted with, the `unpacked` ones that a header announces: deflate
// makes at most 1032 of one, data sets beyond 16 MiB at most 250.
void check_ratio(const std::filesystem::path& path, const std::string& what, double unpacked, double packed);

// Exit 4 where samples of so many bytes, with their labels, exceed data.memory_gib. What hostile headers say overflows no double.
void check_memory(const Manifest& manifest, const std::filesystem::path& path, double samples, double bytes_each);

// What a file says, fit for a line of an error: at most 60 characters, unprintable ones as '?'.
std::string printable(const std::string& text);

}  // namespace graft::core
