// The log: lines on standard error, coloured on a terminal, and in a file once there is one. Its implementation is the one user of
// spdlog.
#pragma once
#include <filesystem>
#include <string_view>

namespace graft::core {

enum class Level { debug, information, warning, error };

void log(Level level, std::string_view text);
void set_log_level(Level least);  // on standard error; the file has everything

// From now on lines go into this file too, behind what is in it, with date and time; those since the program's start first.
// Exit 5 where it cannot be opened. Once it is open, a line that cannot be written is lost silently: logs end no run.
void log_into(const std::filesystem::path& file);
// For the file alone.
void note(std::string_view text);

}  // namespace graft::core
