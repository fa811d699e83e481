// Memory that is free is the system's own figure.
#include "apps/graft/run_estimate.hpp"

#include <sys/resource.h>

#include <fstream>
#include <iostream>
#include <limits>
#include <string>

#include "apps/graft/interrupt.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/rounds/estimate.hpp"

namespace graft {

namespace {

namespace fs = std::filesystem;

constexpr double kLong = 60;  // seconds of a run before which an estimate is worth a line

double available_memory() {
  std::ifstream facts("/proc/meminfo");
  for (std::string word; facts >> word;) {
    double kib = 0;
    if (word == "MemAvailable:" && facts >> kib) return kib * 1024;
  }
  return std::numeric_limits<double>::infinity();
}

}  // namespace

void say_estimate(const core::Federation& federation, const fs::path& folder, bool quiet) {
  const auto guess = core::estimate(federation, &listen_for_interrupts());
  const auto text = "about " + core::seconds_text(guess.seconds) + ", " + core::bytes_text(guess.memory_bytes) + " of memory, " +
                    core::bytes_text(guess.disk_bytes) + " for checkpoints";
  core::note(text);
  if (guess.seconds >= kLong && !quiet) std::cerr << text << '\n';
  std::error_code unknown;
  const auto disk = fs::space(folder, unknown);
  if (!unknown && double(disk.available) < guess.disk_bytes) {
    core::log(core::Level::warning, "checkpoints are likely to need " + core::bytes_text(guess.disk_bytes) + ", '" +
                                        folder.string() + "' has room for " + core::bytes_text(double(disk.available)));
  }
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto more = guess.memory_bytes - double(used.ru_maxrss) * 1024, free = available_memory();
  if (more > free) {
    core::log(core::Level::warning, "the run is likely to need " + core::bytes_text(more) + " more memory, of which " +
                                        core::bytes_text(free) + " are free");
  }
}

}  // namespace graft
