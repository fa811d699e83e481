// What the tests of `graft compare` share: a small study, its runs' folders, and what of a run must always be the same.
#pragma once
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/program/program.hpp"

namespace graft::tests {

inline std::size_t lines_in(const std::string& text) { return std::size_t(std::count(text.begin(), text.end(), '\n')); }

// small.toml, and study.toml above it: FedAvg and Local, with these seeds and whatever `more` says.
inline void write_study(const Folder& folder, const std::string& more = "", const std::string& keys = "seeds = [1, 2]\n") {
  folder.manifest();
  folder.write("study.toml", "base = \"small.toml\"\n" + keys +
                                 "[[variants]]\nname = \"FedAvg\"\nstrategy.use = \"fedavg\"\n"
                                 "[[variants]]\nname = \"Local\"\nstrategy.use = \"local\"\n" +
                                 more);
}

inline void wait_for_rounds(const Folder& folder, const std::string& file, std::size_t rounds) {
  for (int tries = 0; tries < 6000 && lines_in(folder.read(file)) < rounds; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

// What must not depend on how often a run was interrupted.
inline void check_same_run(const Folder& folder, const std::string& one, const std::string& other) {
  INFO(one + ", " + other);
  REQUIRE(!folder.read(one + "/clients.csv").empty());
  CHECK(folder.read(one + "/clients.csv") == folder.read(other + "/clients.csv"));
  CHECK(nlohmann::json::parse(folder.read(one + "/checkpoint/state.json")).at("sums") ==
        nlohmann::json::parse(folder.read(other + "/checkpoint/state.json")).at("sums"));
}

inline std::vector<std::string> folders_of(const Folder& folder, const std::string& study) {
  auto names = folder.names(study);
  std::erase_if(names, [](const std::string& name) { return name.find("-seed-") == std::string::npos; });
  return names;
}

}  // namespace graft::tests
