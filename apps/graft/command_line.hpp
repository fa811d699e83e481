// A verb's own command line: read with CLI11, what is wrong with it said in one line.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11 is named so
class App;
}

namespace graft {

using Arguments = std::vector<std::string>;

// `--set KEY=VALUE`, any number of times.
void add_overrides(CLI::App& app, Arguments& overrides,
                   const std::string& meaning = "overrides a key of the manifest; may stand several times");

// False: help was asked for, and printed. What cannot be read is exit 2, an unknown option with the nearest known one.
bool read_arguments(CLI::App& app, const Arguments& arguments);

// For an option's check: "" where the value is not empty, else what is wrong.
std::string not_empty(const std::string& value);

// One word as a shell reads it: quoted where it has to be.
std::string shell_word(const std::string& word);

// Text for standard output, all of it: a pipe that is full or closed, or a full disk behind it, is exit 5.
void print(const std::string& text);

}  // namespace graft
