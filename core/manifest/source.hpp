// Where a value of a manifest stands, so that whatever is wrong with it can be shown.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace graft::core {

inline constexpr const char* kCommandLine = "--set";

struct SourceText {
  std::string name;  // the file, as it was given; or kCommandLine, the one line being KEY=VALUE
  std::vector<std::string> lines;
  std::filesystem::path folder{};  // where relative paths in it start; of the command line the working folder, which is ""
};

// A file's lines, without a byte order mark and without carriage returns.
std::shared_ptr<const SourceText> source_text(const std::string& text, const std::string& name,
                                              const std::filesystem::path& folder = {});

struct Place {
  std::shared_ptr<const SourceText> text;  // null: a default
  int line = 0, column = 0;                // from 1
};

// "m.toml:3:7: <what>", with the offending line and a caret below it, or "--set KEY=VALUE: <what>"; exit 2 unless said otherwise.
Error error_at(const Place& place, const std::string& what, Exit status = Exit::usage);

}  // namespace graft::core
