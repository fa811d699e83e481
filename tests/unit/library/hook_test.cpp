// Hooks: what goes wrong in them is named, what the host itself threw comes out whole, whatever the plugin makes of it.
#include <c10/util/Exception.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <graft/host.hpp>
#include <new>
#include <thread>

#include "core/base/error.hpp"
#include "core/base/files.hpp"
#include "core/base/log.hpp"
#include "core/library/hook.hpp"
#include "core/library/hook_thread.hpp"
#include "tests/unit/support.hpp"

namespace {

using namespace graft::core;

struct Outcome {
  Exit status = Exit::done;
  std::string line, more;
};

Outcome outcome(const std::function<std::int32_t()>& call, const HookName& name = {"apfl", "step"}) {
  try {
    run_hook(name, call);
  } catch (const Error& e) {
    return {e.status, e.what(), e.more};
  }
  return {};
}

// A callback of the host's that fails, as a plugin sees it.
template <class Failure>
std::int32_t failing_callback(const Failure& failure) {
  return done("", [&] { throw failure; });
}

struct Place {
  explicit Place(RunPlace place) { set_run_place(std::move(place)); }
  ~Place() { set_run_place({}); }
};

}  // namespace

TEST_CASE("a hook that works says nothing") {
  CHECK(outcome([] { return 0; }).status == Exit::done);
  bool called = false;
  run_hook({"apfl", "step"}, [&] { return called = true, 0; });
  CHECK(called);
}

TEST_CASE("what a plugin says is named with plugin, hook, round and clients") {
  const auto failing = [] { return host_face()->fail("the moon is wrong\nand the sun too"), 1; };
  CHECK(outcome(failing).line == "plugin 'apfl' failed in step: the moon is wrong");
  CHECK(outcome(failing).more == "and the sun too");
  CHECK(outcome(failing).status == Exit::plugin);
  CHECK(outcome([] { return 1; }).line == "plugin 'apfl' failed in step: it does not say why");
  const Place one({3, {5}});
  CHECK(outcome(failing).line == "plugin 'apfl' failed in step (round 3, client 5): the moon is wrong");
  const Place two({3, {4, 5}});
  CHECK(outcome(failing).line == "plugin 'apfl' failed in step (round 3, clients 4, 5): the moon is wrong");
  const Place none({3, {}});
  CHECK(outcome(failing, {"apfl", "next"}).line == "plugin 'apfl' failed in next (round 3): the moon is wrong");
  const Place many({0, std::vector<std::int64_t>(20, 7)});
  CHECK(outcome(failing).line ==
        "plugin 'apfl' failed in step (round 0, clients 7, 7, 7, 7, 7, 7, 7, 7 and 12 more): the moon is wrong");
}

TEST_CASE("the host's own errors come out whole") {
  const auto hook = [] { return failing_callback(Error(Exit::data, "weights.safetensors: cut short", "copy it anew")); };
  const auto found = outcome(hook);
  CHECK(found.status == Exit::data);
  CHECK(found.line == "weights.safetensors: cut short");
  CHECK(found.more == "copy it anew");
}

TEST_CASE("also where the plugin swallows them, or says something of its own") {
  CHECK(outcome([] { return failing_callback(Error(Exit::failed, "disk full")), 0; }).line == "disk full");
  CHECK(outcome([] {
          failing_callback(Error(Exit::failed, "disk full"));
          host_face()->fail("I give up");
          return 1;
        }).line == "disk full");
  CHECK(outcome([] {  // the first one counts: the others follow from it
          failing_callback(Error(Exit::failed, "disk full"));
          return failing_callback(Error(Exit::failed, "no such row"));
        })
            .line == "disk full");
}

TEST_CASE("and through hooks within hooks, each within the host's own callbacks") {
  const auto inner = [] {
    run_hook({"prefix", "keys_values"}, [] { return failing_callback(Error(Exit::failed, "disk full")), 0; });
  };
  CHECK(outcome([&] { return done("", inner), 0; }).line == "disk full");
  const auto broken = [] { run_hook({"prefix", "keys_values"}, [] { return host_face()->fail("no keys"), 1; }); };
  CHECK(outcome([&] { return done("", broken), 0; }).line == "plugin 'prefix' failed in keys_values: no keys");
}

TEST_CASE("one hook's failure is not the next one's") {
  CHECK(outcome([] { return failing_callback(Error(Exit::failed, "disk full")); }).line == "disk full");
  CHECK(outcome([] { return 0; }).status == Exit::done);
  CHECK(outcome([] { return 1; }).line == "plugin 'apfl' failed in step: it does not say why");
}

TEST_CASE("a plugin's misuse of the host is the plugin's failure") {
  const auto found = outcome([] { return failing_callback(Misuse("no row is named 'twn'")); });
  CHECK(found.status == Exit::plugin);
  CHECK(found.line == "plugin 'apfl' failed in step: no row is named 'twn'");
  CHECK(outcome([] { return failing_callback(std::out_of_range("index 7")); }).line == "plugin 'apfl' failed in step: index 7");
}

TEST_CASE("errors of LibTorch's come out without a backtrace") {
  const auto found = outcome([] { return done("", [] { TORCH_CHECK(false, "sizes differ\nsecond line"); }); });
  CHECK(found.status == Exit::plugin);
  CHECK(found.line == "plugin 'apfl' failed in step: sizes differ");
  CHECK(found.more.find("Exception raised") == std::string::npos);
}

TEST_CASE("memory exhausted is exit 5") {
  for (const auto& found : {outcome([] { return failing_callback(std::bad_alloc()); }),
                            outcome([] { return done("", [] { TORCH_CHECK_WITH(OutOfMemoryError, false, "out of memory"); }); }),
                            outcome([] {  // LibTorch's allocator for the CPU throws a plain error
                              const auto one = to_handle(at::zeros({1}));
                              const std::int64_t sizes[] = {std::int64_t(1) << 50};
                              const auto wide = tensor_table()->expand(one, sizes, 1);
                              const auto copy = tensor_table()->clone(wide);
                              take(one), take(wide), take(copy);
                              return copy ? 0 : 1;
                            })}) {
    CHECK(found.status == Exit::failed);
    CHECK(found.line.rfind("out of memory in plugin 'apfl', step: ", 0) == 0);
  }
}

TEST_CASE("what a plugin throws across the C face is caught, whatever it is") {
  CHECK(outcome([]() -> std::int32_t { throw std::runtime_error("thrown"); }).line == "plugin 'apfl' failed in step: thrown");
  CHECK(outcome([]() -> std::int32_t { throw 7; }).line ==
        "plugin 'apfl' failed in step: threw something that is no std::exception");
}

TEST_CASE("a plugin logs through the host, at levels that there are") {
  CHECK(outcome([] { return host_face()->log(9, "loud"), 0; }).line == "plugin 'apfl' failed in step: log: 9 is no level");
  CHECK(outcome([] { return host_face()->log(0, "quiet"), 0; }).line == "");
}

TEST_CASE("a plugin's lines are in the log, its id before them") {
  const Folder folder;
  const auto file = folder.path / "run.log";
  log_into(file);
  graft::host() = host_face();
  set_log_level(Level::error);  // standard error is not looked at here
  run_hook({"apfl", "step"}, [] { return graft::inform("begins"), graft::warn("half of it"), 0; });
  set_run_place({.trial = true});
  run_hook({"apfl", "step"}, [] { return graft::inform("is timed"), 0; });
  set_run_place({});
  set_log_level(Level::information);
  const auto text = read_whole(file, Exit::data);
  CHECK(text.find(" info: apfl: begins\n") != std::string::npos);
  CHECK(text.find(" warning: apfl: half of it\n") != std::string::npos);
  CHECK(text.find("is timed") == std::string::npos);
}

TEST_CASE("graft_host.error() says what failed last") {
  failing_callback(Misuse("first"));
  CHECK(std::string(host_face()->error()) == "first");
  failing_callback(Error(Exit::failed, "second"));
  CHECK(std::string(host_face()->error()) == "second");
}

TEST_CASE("a tensor from a hook has the shape and the dtype that it must have") {
  const auto like = at::zeros({1});
  const auto returned = [&](at::Tensor tensor, std::vector<std::int64_t> sizes) -> std::string {
    try {
      const auto hook = [&](graft_tensor* out) { return *out = tensor.defined() ? to_handle(tensor) : nullptr, 0; };
      return tensor_from_hook({"apfl", "upload"}, hook, std::move(sizes), like).equal(tensor) ? "" : "another tensor";
    } catch (const Error& e) {
      CHECK(e.status == Exit::plugin);
      return e.what();
    }
  };
  const std::string failed = "plugin 'apfl' failed in upload: ";
  CHECK(returned(at::ones({2, 3}), {2, 3}) == "");
  CHECK(returned(at::ones({2, 3}), {2, -1}) == "");
  CHECK(returned(at::ones({2, 4}), {2, 3}) == failed + "it returned a tensor [2, 4], expected [2, 3]");
  CHECK(returned(at::ones({2}), {2, -1}) == failed + "it returned a tensor [2], expected [2, any]");
  CHECK(returned({}, {2, 3}) == failed + "it returned no tensor, expected [2, 3]");
  CHECK(returned(at::ones({2, 3}, at::kDouble), {2, 3}) ==
        failed + "it returned a tensor of float64 on cpu, expected float32 on cpu");
}

TEST_CASE("a tensor that a failing hook left is not lost") {
  const auto tensor = at::ones({2});
  const auto hook = [&](graft_tensor* out) { return *out = to_handle(tensor), 1; };
  CHECK_THROWS_AS(tensor_from_hook({"apfl", "upload"}, hook, {2}, tensor), Error);
  CHECK(tensor.use_count() == 1);
}

TEST_CASE("each thread has hooks and a place of its own") {
  set_run_place({1, {1}});
  std::string other;
  std::thread([&] {
    set_run_place({2, {2}});
    other = outcome([] { return 1; }).line;
  }).join();
  CHECK(other == "plugin 'apfl' failed in step (round 2, client 2): it does not say why");
  CHECK(outcome([] { return 1; }).line == "plugin 'apfl' failed in step (round 1, client 1): it does not say why");
  set_run_place({});
}

TEST_CASE("hooks of several threads can be watched while they come and go") {
  std::atomic<bool> over = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&over, i] {
      set_run_place({7, {i}});
      while (!over)
        run_hook({"plugin " + std::to_string(i), "step"}, [] { return run_hook({"inner", "after_mlp"}, [] { return 0; }), 0; });
    });
  }
  std::map<std::string, int> seen;
  bool placed = true;
  const auto begun = std::chrono::steady_clock::now();
  const auto passed = [&] { return std::chrono::steady_clock::now() - begun; };
  // Where others keep the machine busy, a thread may not run for a while.
  while (passed() < std::chrono::milliseconds(300) || (seen.size() < 4 && passed() < std::chrono::seconds(20))) {
    visit_hooks([&](const Frame& frame, const RunPlace& place) {
      ++seen[frame.name->plugin];
      placed = placed && place.round == 7 && place.clients.size() == 1;
    });
    std::this_thread::yield();
  }
  over = true;
  for (auto& thread : threads) thread.join();
  CHECK(placed);
  CHECK(seen.size() == 4);  // three outer ones, and those within them
}

TEST_CASE("what a hook costs", "[.bench]") {
  const HookName name{"fedperfix", "step"};
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 1'000'000; ++i) run_hook(name, [] { return 0; });
  const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
  WARN(spent.count() / 1e6 << " ns a hook");
}
