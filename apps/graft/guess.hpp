// Which source a folder or file is of, by the names that the published layouts have.
#pragma once
#include <filesystem>
#include <string>

namespace graft {

struct Guess {
  std::string source;          // as data.source names it
  std::filesystem::path path;  // as data.path wants it
  std::string because;         // "it holds test_batch.bin"
};

// Exit 2 where nothing can be guessed, with what to write instead.
Guess guessed_source(const std::filesystem::path& path);

}  // namespace graft
