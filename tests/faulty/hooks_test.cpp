// Hooks that fail, wait, crash, leave or hang: one line that names plugin, hook, round and client, and exit 3.
#include <sys/wait.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdio>

#include "core/library/plugin.hpp"

namespace {

using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
namespace fs = std::filesystem;

struct Ended {
  int status;  // of the exit; 128 and the number of the signal that killed it
  std::string line;
};

Ended run_child(const std::string& arguments) {
  const auto child = fs::read_symlink("/proc/self/exe").parent_path() / "faulty_child";
  std::string text;
  FILE* const pipe = popen((child.string() + " " + arguments + " 2>&1 >/dev/null").c_str(), "r");
  REQUIRE(pipe != nullptr);
  for (int c; (c = std::fgetc(pipe)) != EOF;) text += char(c);
  const int status = pclose(pipe);
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text};
}

// The only line that a plugin's failure prints.
std::string failure(const std::string& arguments) {
  const auto ended = run_child(arguments);
  CHECK(ended.status == 3);
  CHECK(ended.line.find('\n') == std::string::npos);
  return ended.line;
}

const std::string kGoOn = "; no checkpoint was written yet";

}  // namespace

TEST_CASE("a step that throws is named") {
  CHECK(failure("throwing_step step") == "plugin 'throwing_step' failed in step (round 3, client 5): the step went wrong");
  CHECK(failure("odd_step step") ==
        "plugin 'odd_step' failed in step (round 3, client 5): threw something that is no std::exception");
}

TEST_CASE("a step that waits for the device is named") {
  CHECK(failure("item_in_step step") ==
        "plugin 'item_in_step' failed in step (round 3, client 5): item() waits for the device, which step must not: keep the "
        "value a tensor");
  CHECK_THAT(failure("nonzero_in_step step"),
             EndsWith("client 5): aten::nonzero([1, 3]): aten::nonzero waits for the device, which step "
                      "must not: keep the value a tensor"));
  CHECK_THAT(failure("mask_in_step step"),
             EndsWith("client 5): aten::index.Tensor([1, 3], [[1, 3]]): aten::nonzero waits for the device, "
                      "which step must not: keep the value a tensor"));
}

TEST_CASE("what the host refused comes out, although the plugin passed over it") {
  CHECK(failure("swallowing step") == "plugin 'swallowing' failed in step (round 3, client 5): no row is named 'nobody'");
}

TEST_CASE("an upload of the wrong shape is named") {
  CHECK(failure("wrong_upload upload") ==
        "plugin 'wrong_upload' failed in upload (round 3, client 5): it returned a tensor [3], expected [1, any]");
}

TEST_CASE("a crash in a step is named, whatever the signal") {
  CHECK(failure("crashing_step step") == "plugin 'crashing_step' crashed in step (SIGSEGV, round 3, client 5)" + kGoOn);
  CHECK(failure("overflowing_step step") == "plugin 'overflowing_step' crashed in step (SIGSEGV, round 3, client 5)" + kGoOn);
  CHECK(failure("aborting_step step") == "plugin 'aborting_step' crashed in step (SIGABRT, round 3, client 5)" + kGoOn);
}

TEST_CASE("a crash after a checkpoint says which one is whole") {
  CHECK_THAT(failure("crashing_step step 0 2"), EndsWith("client 5); the checkpoint after round 2 is whole: go on with --resume"));
}

TEST_CASE("a crash while the plugin is opened is named") {
  CHECK(failure("crashing_opening open") == "plugin 'crashing_opening' crashed in opening (SIGSEGV)");
}

TEST_CASE("a step that calls exit() is no success") {
  CHECK(failure("exiting_step step") == "plugin 'exiting_step' called exit() in step (round 3, client 5)" + kGoOn);
}

TEST_CASE("a step that hangs is ended") {
  CHECK(failure("hanging_step step") ==
        "plugin 'hanging_step' hung in step (round 3, client 5): it took longer than plugins.hook_limit_s = 0.5 s" + kGoOn);
}

TEST_CASE("what the host takes for a gradient is no time of the hook's") { CHECK(run_child("waiting_step step 1.2").status == 0); }

TEST_CASE("a step that goes in circles is ended, whatever it asks the host for") {
  CHECK(failure("circling_step step 0.001") ==
        "plugin 'circling_step' hung in step (round 3, client 5): it took longer than plugins.hook_limit_s = 0.5 s" + kGoOn);
}

TEST_CASE("a crash outside of hooks is as it would be") { CHECK(run_child("host -").status == 128 + SIGABRT); }

TEST_CASE("a hook that works leaves the process as it should") {
  const auto ended = run_child("plain_c plan");
  CHECK(ended.status == 0);
  CHECK(ended.line == "");
}
