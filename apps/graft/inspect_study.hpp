// graft inspect of a study: what each of its variants stores, sends and multiplies.
#pragma once
#include <filesystem>
#include <string>

#include "apps/graft/command_line.hpp"

namespace graft {

bool is_study(const std::filesystem::path& file);  // whether it says what only a study says; exit 2 where it is no TOML

// A line of JSON, or a table of that width.
std::string inspected_study(const std::filesystem::path& file, const Arguments& overrides, bool json, std::size_t width);

}  // namespace graft
