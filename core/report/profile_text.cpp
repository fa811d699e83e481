// A hook a line, beneath it the host's functions that it called.
#include "core/report/profile_text.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/report/layout.hpp"

namespace graft::core {

namespace {

std::string fixed(const char* format, double number) {
  char text[32];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

Cells row_of(const ProfileLine& line, double run_seconds) {
  return {line.function.empty() ? line.hook : "  " + line.function,
          count_text(double(line.calls)),
          fixed("%.3f", line.seconds),
          fixed("%.1f %%", run_seconds > 0 ? 100 * line.seconds / run_seconds : 0),
          fixed("%.1f", line.calls > 0 ? 1e6 * line.seconds / double(line.calls) : 0),
          line.bytes > 0 ? bytes_text(double(line.bytes)) : ""};
}

}  // namespace

std::string profile_text(const std::vector<ProfileLine>& lines, double run_seconds) {
  if (lines.empty()) return "profile: no plugin's code ran; what its plan leaves to the host is the host's own\n";
  std::vector<Cells> rows{{"", "calls", "seconds", "of run", "us a call", "made"}};
  std::string plugin;
  for (const auto& line : lines) {
    if (line.plugin != plugin) rows.push_back({plugin = line.plugin});
    auto row = row_of(line, run_seconds);
    row[0] = "  " + row[0];
    rows.push_back(std::move(row));
  }
  return "profile: a hook's seconds hold those of what it calls\n" +
         aligned(rows, {Align::left, Align::right, Align::right, Align::right, Align::right, Align::right}, 2);
}

std::string profile_json(const std::vector<ProfileLine>& lines) {
  auto all = nlohmann::ordered_json::array();
  for (const auto& line : lines) {
    all.push_back({{"plugin", line.plugin},
                   {"hook", line.hook},
                   {"function", line.function},
                   {"calls", line.calls},
                   {"seconds", line.seconds},
                   {"bytes", line.bytes}});
  }
  return all.dump(1) + "\n";
}

}  // namespace graft::core
