// The log's file: what came before it, what comes after, and what is for it alone.
#include "core/base/log.hpp"

#include <atomic>
#include <catch2/catch_test_macros.hpp>

#include "core/base/files.hpp"
#include "core/base/watch.hpp"
#include "tests/unit/support.hpp"

using namespace graft::core;

TEST_CASE("a log's file begins with the lines before it, each with its time and level") {
  const Folder folder;
  set_log_level(Level::error);  // standard error is not looked at here
  log(Level::warning, "early warning");
  note("an early note");
  const auto file = folder.path / "run.log";
  write_whole(file, "an earlier run's line\n");
  log_into(file);
  log(Level::debug, "in detail");
  note("later");
  const auto text = read_whole(file, Exit::data);
  set_log_level(Level::information);
  const auto at = [&text](const std::string& line) { return text.find(line); };
  CHECK(at("an earlier run's line\n") == 0);
  CHECK(at(" warning: early warning\n") < at(" info: an early note\n"));
  CHECK(at(" info: an early note\n") < at(" debug: in detail\n"));
  CHECK(at(" debug: in detail\n") < at(" info: later\n"));
  CHECK(at(" info: later\n") != std::string::npos);
  CHECK(text.substr(text.find('\n') + 1, 2) == "20");
}

TEST_CASE("a log's file that cannot be opened is exit 5, its path named") {
  const Folder folder;
  const auto error = error_of([&] { log_into(folder.path); });
  CHECK(error.status == Exit::failed);
  CHECK(std::string(error.what()).find(folder.path.string()) != std::string::npos);
}

TEST_CASE("watched work tells how far it is, until it is to stop") {
  std::atomic<bool> stop{false};
  std::vector<std::string> told;
  const Watch watch{[&](const std::string& what, std::int64_t done, std::int64_t of) {
                      told.push_back(what + " " + std::to_string(done) + "/" + std::to_string(of));
                    },
                    &stop};
  watch.at("counting", 1, 2);
  stop = true;
  CHECK(error_of([&] { watch.at("counting", 2, 2); }).status == Exit::interrupted);
  CHECK(told == std::vector<std::string>{"counting 1/2"});
  Watch().at("nobody looks", 0, 1);
}
