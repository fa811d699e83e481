// A run as this program does it: its folder, its log, what it shows. `graft run` does one, and each process of `graft compare`.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "apps/graft/command_line.hpp"
#include "apps/graft/own_output.hpp"
#include "core/rounds/rounds.hpp"

namespace graft {

struct RunRequest {
  std::string manifest{}, out{};  // as they were given, for what is said
  Arguments overrides{};
  bool resume = false, quiet = false, json = false, profile = false, tensorboard = false, watch = false;
  bool known = false;           // to be the run in the folder, by its identity: the manifest is not compared with the run's
  OwnOutput* output = nullptr;  // where json is set
  std::function<void(const core::Progress&)> goes_on{};  // told beside what is shown
  std::function<void(const std::string& what, std::int64_t done, std::int64_t of)> prepares{};
};

// Begins a run in the chosen folder, or goes on with the one in it; without a choice in a new one of the manifest's name. Returns
// the exit status, 0.
int run_in(const std::optional<std::filesystem::path>& chosen, core::Manifest manifest, const RunRequest& request);

// Its page, report.html, where it is not there or older than the summary; what is in its way is a warning.
void keep_report(const std::filesystem::path& folder);

// The summary of a run that has all its rounds behind it.
std::optional<std::string> finished_summary(const core::Manifest& manifest, const std::filesystem::path& folder);

}  // namespace graft
