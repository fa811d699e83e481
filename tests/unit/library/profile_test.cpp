// A profile: calls, seconds and bytes by plugin, hook and function.
#include <ATen/ATen.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <graft/ops.hpp>
#include <thread>

#include "core/library/handles.hpp"
#include "core/library/hook.hpp"

namespace {

using namespace graft::core;

ProfileLine line_of(const std::string& plugin, const std::string& hook, const std::string& function) {
  const auto lines = profile();
  const auto found = std::ranges::find_if(
      lines, [&](const ProfileLine& line) { return line.plugin == plugin && line.hook == hook && line.function == function; });
  return found == lines.end() ? ProfileLine{} : *found;
}

}  // namespace

TEST_CASE("a profile counts a hook's calls of the host, their seconds, and the bytes that they made") {
  graft::host() = host_face();
  const graft::Tensor a(to_handle(at::ones({4, 8}, at::kDouble).requires_grad_()));
  const graft::Tensor x(to_handle(at::ones({1, 5, 6, 3}, at::kDouble))), weight(to_handle(at::ones({1, 2, 3}, at::kDouble)));
  const auto hook = [&](const char* plugin) {
    return run_hook({plugin, "step"}, [&] {
      const auto b = tanh(a.mul(2)).narrow(0, 0, 2);  // 256 bytes twice, then a view
      const auto y = graft::linear(x, weight);        // [1, 5, 6, 2], a view of what nobody else has
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      return 0;
    });
  };
  hook("before");
  profile_calls();
  hook("profiled");
  hook("profiled");
  std::thread([&] { hook("profiled"); }).join();
  const auto after = a.mul(3);  // outside hooks: the host's own
  Timed::on = false;
  hook("profiled");

  CHECK(line_of("before", "step", "").calls == 0);
  CHECK(line_of("profiled", "step", "").calls == 3);
  CHECK(line_of("profiled", "step", "").seconds >= 0.06);
  const auto product = line_of("profiled", "step", "mul");
  CHECK(product.calls == 3);
  CHECK(product.bytes == 3 * 256);
  CHECK(product.seconds > 0);
  CHECK(product.seconds < line_of("profiled", "step", "").seconds);
  CHECK(line_of("profiled", "step", "tanh").bytes == 3 * 256);
  CHECK(line_of("profiled", "step", "narrow").calls == 3);
  CHECK(line_of("profiled", "step", "narrow").bytes == 0);
  CHECK(line_of("profiled", "step", "linear").bytes == 3 * 480);
  const auto lines = profile();
  const auto first = std::ranges::find(lines, "profiled", &ProfileLine::plugin);
  REQUIRE(first != lines.end());
  CHECK(first->function.empty());  // the hook stands before its functions
  CHECK(first[1].seconds >= first[2].seconds);
}
