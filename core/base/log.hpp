// The log: lines on standard error, coloured on a terminal. Its implementation is the one user of spdlog.
#pragma once
#include <string_view>

namespace graft::core {

enum class Level { debug, information, warning, error };

void log(Level level, std::string_view text);
void set_log_level(Level least);

}  // namespace graft::core
