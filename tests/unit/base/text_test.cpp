// Words for people.
#include "core/base/text.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace graft::core;

TEST_CASE("the nearest name is found where one is meant") {
  const std::vector<std::string> keys{"name", "seed", "rounds", "device", "lanes", "data"};
  CHECK(nearest("rouns", keys) == "rounds");
  CHECK(nearest("ruonds", keys) == "rounds");
  CHECK(nearest("Rounds", keys) == "rounds");
  CHECK(nearest("deivce", keys) == "device");
  CHECK(nearest("see", keys) == "seed");
  CHECK(nearest("dta", keys) == "data");
  CHECK(nearest("alfa", {"by", "alpha", "path"}) == "alpha");
  CHECK(nearest("pat", {"at", "path"}) == "at");
  CHECK(nearest("banana", keys).empty());
  CHECK(nearest("x", keys).empty());
  CHECK(nearest("", keys).empty());
  CHECK(nearest("rounds", {}).empty());
  CHECK(nearest(std::string(100000, 'a'), keys).empty());
  CHECK(nearest("fedprefix", {"fedavg", "fedperfix", "prefix"}) == "fedperfix");
}

TEST_CASE("of two equally near the first is taken, a nearer one always") {
  CHECK(nearest("lane", {"lanes", "line"}) == "lanes");
  CHECK(nearest("rates", {"dates", "rates"}) == "rates");
}

TEST_CASE("did_you_mean asks or says nothing") {
  CHECK(did_you_mean("rouns", {"rounds"}) == ", did you mean 'rounds'?");
  CHECK(did_you_mean("banana", {"rounds"}).empty());
}

TEST_CASE("joined") {
  CHECK(joined({}).empty());
  CHECK(joined({"a"}) == "a");
  CHECK(joined({"a", "b", "c"}) == "a, b, c");
  CHECK(joined({"a", "b"}, " | ") == "a | b");
}

TEST_CASE("bytes") {
  CHECK(bytes_text(0) == "0 B");
  CHECK(bytes_text(1023) == "1023 B");
  CHECK(bytes_text(1024) == "1.0 KiB");
  CHECK(bytes_text(20.7 * 1024 * 1024) == "20.7 MiB");
  CHECK(bytes_text(1024.0 * 1024 - 1) == "1.0 MiB");
  CHECK(bytes_text(3.0 * 1024 * 1024 * 1024) == "3.0 GiB");
}

TEST_CASE("counts") {
  CHECK(count_text(0) == "0");
  CHECK(count_text(999) == "999");
  CHECK(count_text(1000) == "1,000");
  CHECK(count_text(1774464) == "1,774,464");
  CHECK(count_text(123456) == "123,456");
  CHECK(count_text(-1234) == "-1,234");
  CHECK(count_text(-0.2) == "0");
}

TEST_CASE("seconds") {
  CHECK(seconds_text(0) == "0.0 s");
  CHECK(seconds_text(0.84) == "0.8 s");
  CHECK(seconds_text(59.94) == "59.9 s");
  CHECK(seconds_text(59.97) == "1 min 00 s");
  CHECK(seconds_text(200) == "3 min 20 s");
  CHECK(seconds_text(3599.7) == "1 h 00 min");
  CHECK(seconds_text(7500) == "2 h 05 min");
  CHECK(seconds_text(1e300) == "?");
}

TEST_CASE("width on a terminal") {
  CHECK(shown_width("") == 0);
  CHECK(shown_width("abc") == 3);
  CHECK(shown_width("Zürich") == 6);
  CHECK(shown_width("±—│") == 3);
  CHECK(shown_width("e\u0301") == 1);
}
