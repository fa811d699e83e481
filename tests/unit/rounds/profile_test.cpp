// What a profile counts of a strategy's hooks: a gradient's bytes, whatever memory the host makes it in.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "core/library/profile.hpp"
#include "tests/unit/rounds/nano.hpp"

namespace graft::core {

TEST_CASE("a gradient counts as made, K n numbers each, and a view of rows does not") {
  profile_calls();
  const auto run = nano::ran("perfedavg", {"precision=fp32", "lanes=1"});
  Timed::on = false;
  const auto lines = profile();
  const auto line_of = [&](const std::string& function) {
    const auto line = std::ranges::find_if(
        lines, [&](const ProfileLine& one) { return one.plugin == "perfedavg" && one.hook == "step" && one.function == function; });
    return line == lines.end() ? ProfileLine{} : *line;
  };
  const auto gradient = line_of("gradient"), rows = line_of("rows");
  REQUIRE(gradient.calls > 0);
  CHECK(gradient.bytes == gradient.calls * run.model.catalog.row * 4);
  REQUIRE(rows.calls > 0);
  CHECK(rows.bytes == 0);
}

}  // namespace graft::core
