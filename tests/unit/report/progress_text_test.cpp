#include "core/report/progress_text.hpp"

#include <catch2/catch_test_macros.hpp>

#include "core/base/text.hpp"

namespace graft::core {

namespace {

const Standing kMiddle{12, 50, 0.5, 0.612, 0.084, 1234, 200};

}  // namespace

TEST_CASE("a bar never reaches beyond the width, and always says the round where that fits") {
  for (std::size_t width = 0; width < 200; ++width) {
    const auto text = progress_bar(kMiddle, width);
    INFO(width << ": " << text);
    CHECK(shown_width(text) <= width);
    CHECK((width < 11 || text.compare(0, 11, "round 12/50") == 0));
  }
}

TEST_CASE("a bar drops its parts in order as the room gets less") {
  CHECK(progress_bar(kMiddle, 120) == "round 12/50  ███████████████░░░░░░░░░░░░░░░  61.2 ± 8.4 %  1,234 images/s  3 min 20 s left");
  CHECK(progress_bar(kMiddle, 80).find("1,234 images/s") != std::string::npos);
  CHECK(progress_bar(kMiddle, 80).find("██") != std::string::npos);
  CHECK(progress_bar(kMiddle, 60).find("images/s") == std::string::npos);
  CHECK(progress_bar(kMiddle, 60).find("██") != std::string::npos);
  CHECK(progress_bar(kMiddle, 44) == "round 12/50  61.2 ± 8.4 %  3 min 20 s left");
  CHECK(progress_bar(kMiddle, 30) == "round 12/50  3 min 20 s left");
  CHECK(progress_bar(kMiddle, 20) == "round 12/50");
  CHECK(progress_bar(kMiddle, 5) == "");
}

TEST_CASE("what is not known yet is not said") {
  CHECK(progress_bar({1, 3, 0, {}, {}, 0, -1}, 40) == "round 1/3  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░");
  CHECK(progress_line({1, 3, 0, {}, {}, 0, -1}) == "round 1/3");
}

TEST_CASE("a line a round") {
  CHECK(progress_line(kMiddle) == "round 12/50: accuracy 61.2 ± 8.4 %, 1,234 images/s, 3 min 20 s left");
}

}  // namespace graft::core
