// The log, by spdlog: a target of its own, without LibTorch's include path.
#include "core/base/log.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.hpp"

namespace graft::core {

namespace {

constexpr std::size_t kMostEarly = 1000;  // lines kept for a file that is still to come

struct Early {
  spdlog::log_clock::time_point when;
  spdlog::level::level_enum level;
  std::string text;
};

struct Logs {
  spdlog::logger console;
  std::shared_ptr<spdlog::logger> file;
  std::mutex mutex;  // of what follows
  std::vector<Early> early;
};

spdlog::logger made_console() {
  const char* const plain = std::getenv("NO_COLOR");
  const bool colour = plain == nullptr || *plain == 0;
  const auto mode = colour ? spdlog::color_mode::automatic : spdlog::color_mode::never;
  spdlog::logger console("graft", std::make_shared<spdlog::sinks::stderr_color_sink_mt>(mode));
  // On a terminal a progress bar may stand in this line; it is drawn again below.
  const char* const kind = std::getenv("TERM");
  const bool redrawn = isatty(STDERR_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
  console.set_pattern(std::string(redrawn ? "\r\x1b[K" : "") + "%^%l%$: %v");
  return console;
}

Logs& logs() {
  static Logs made{made_console(), nullptr, {}, {}};
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

void to_file(spdlog::level::level_enum level, std::string_view text) {
  auto& all = logs();
  const std::lock_guard<std::mutex> lock(all.mutex);
  if (all.file) return all.file->log(level, text);
  if (all.early.size() < kMostEarly) all.early.push_back({spdlog::log_clock::now(), level, std::string(text)});
}

}  // namespace

void log(Level level, std::string_view text) {
  logs().console.log(level_of(level), text);
  to_file(level_of(level), text);
}

void note(std::string_view text) { to_file(spdlog::level::info, text); }

void set_log_level(Level least) { logs().console.set_level(level_of(least)); }

void log_into(const std::filesystem::path& path) {
  auto& all = logs();
  const std::lock_guard<std::mutex> lock(all.mutex);
  try {
    all.file = std::make_shared<spdlog::logger>("file", std::make_shared<spdlog::sinks::basic_file_sink_mt>(path.string()));
  } catch (const spdlog::spdlog_ex& error) {
    throw Error(Exit::failed, "cannot write '" + path.string() + "': " + error.what());
  }
  all.file->set_pattern("%Y-%m-%dT%H:%M:%S%z %l: %v");
  all.file->set_level(spdlog::level::debug);
  all.file->flush_on(spdlog::level::debug);
  all.file->set_error_handler([](const std::string&) {});
  for (const auto& line : std::exchange(all.early, {})) all.file->log(line.when, {}, line.level, line.text);
}

}  // namespace graft::core
