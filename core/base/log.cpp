// The log, by spdlog: a target of its own, without LibTorch's include path.
#include "core/base/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <string>

namespace graft::core {

namespace {

spdlog::logger& logger() {
  static spdlog::logger made = [] {
    spdlog::logger console("graft", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    // On a terminal a progress bar may stand in this line; it is drawn again below.
    console.set_pattern(std::string(isatty(STDERR_FILENO) == 1 ? "\r\x1b[K" : "") + "%^%l%$: %v");
    return console;
  }();
  return made;
}

spdlog::level::level_enum level_of(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::information: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

void log(Level level, std::string_view text) { logger().log(level_of(level), text); }

void set_log_level(Level least) { logger().set_level(level_of(least)); }

}  // namespace graft::core
