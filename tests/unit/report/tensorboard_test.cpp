// Event files, read back record by record; TensorBoard's own reader has its say in tests/parity/tensorboard_parity.py.
#include "core/report/tensorboard.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstring>

#include "core/base/files.hpp"
#include "tests/unit/support.hpp"

namespace graft::core {

namespace {

namespace fs = std::filesystem;

fs::path only_file(const fs::path& folder) {
  fs::path found;
  for (const auto& entry : fs::directory_iterator(folder)) found = entry.path();
  return found;
}

// The events of a file, without the sums beside them.
std::vector<std::string> events_of(const fs::path& file) {
  const auto bytes = read_whole(file, Exit::data);
  std::vector<std::string> events;
  for (std::size_t at = 0; at < bytes.size();) {
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data() + at, sizeof length);
    events.push_back(bytes.substr(at + 12, length));
    at += 16 + length;
    REQUIRE(at <= bytes.size());
  }
  return events;
}

RoundRecord record_of(std::int64_t round) {
  RoundRecord record;
  record.round = round;
  record.scores = {{.client = 0, .test_samples = 4, .accuracy = 0.5, .loss = 1}};
  return record;
}

}  // namespace

TEST_CASE("an event file begins with its version, then has an event a round; nothing is written before the first") {
  const Folder folder;
  TensorboardFile file(folder.path, 0);
  CHECK(fs::is_empty(folder.path));
  file.add(record_of(1));
  file.add(record_of(2));
  const auto path = only_file(folder.path);
  CHECK(path.filename().string().starts_with("events.out.tfevents."));
  const auto events = events_of(path);
  REQUIRE(events.size() == 4);
  CHECK(events[0].find("brain.Event:2") != std::string::npos);
  CHECK(events[1].ends_with(std::string("\x10\x01\x3a\x02\x08\x01", 6)));  // of a run that was killed there may be an older file
  CHECK(events[2].find("accuracy/mean") != std::string::npos);
  CHECK(events[2].find("validation/accuracy") == std::string::npos);       // nobody has such samples
  CHECK(events[3].find(std::string("\x10\x02", 2)) != std::string::npos);  // step 2
}

TEST_CASE("a file that goes on tells TensorBoard to forget later rounds") {
  const Folder folder;
  TensorboardFile file(folder.path, 4);
  file.add(record_of(5));
  const auto events = events_of(only_file(folder.path));
  REQUIRE(events.size() == 3);
  CHECK(events[1].ends_with(std::string("\x10\x05\x3a\x02\x08\x01", 6)));  // step 5, session_log {status: START}
}

TEST_CASE("a folder that cannot be written to is said") {
  TensorboardFile file("/nonexistent", 0);
  const auto error = error_of([&] { file.add(record_of(1)); });
  CHECK(error.status == Exit::failed);
  CHECK(std::string(error.what()).starts_with("cannot write '/nonexistent/events"));
}

}  // namespace graft::core
