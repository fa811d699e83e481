// A run's curves as TensorBoard reads them: an event file beside the run's other files.
#pragma once
#include <filesystem>
#include <fstream>
#include <string>

#include "core/rounds/history.hpp"

namespace graft::core {

class TensorboardFile {
 public:
  TensorboardFile(std::filesystem::path folder, std::int64_t rounds_done) : folder_(std::move(folder)), rounds_done_(rounds_done) {}

  // The first one begins a new file in the folder, of the rounds after so many; TensorBoard then forgets what an earlier file has
  // of these. A run that is killed may lack its newest round here. Exit 5 where it cannot be written.
  void add(const RoundRecord& record);

 private:
  void write(const std::string& event);
  void begin();
  std::filesystem::path folder_, path_{};
  std::int64_t rounds_done_;
  std::ofstream file_{};
};

}  // namespace graft::core
