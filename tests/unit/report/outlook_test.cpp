// What a study has before it, in words and as JSON.
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/report/outlook_text.hpp"
#include "tests/unit/support.hpp"

namespace graft::core {

namespace {

const StudyOutlook kStudy{"s",
                          "runs/s",
                          2,
                          {{.variant = "FedAvg", .seed = 1, .state = "done", .round = 9, .rounds = 9},
                           {.variant = "FedAvg", .seed = 2, .state = "goes on", .round = 3, .rounds = 9, .seconds = 60},
                           {.variant = "Local", .seed = 1, .state = "begins", .rounds = 9, .seconds = 100},
                           {.variant = "Odd", .seed = 1, .state = "fails", .status = 2, .why = "unknown option 'x'"}}};

}  // namespace

TEST_CASE("the outlook has a row a run, and the time of all of them by the runs at once") {
  const auto lines = lines_of(outlook_text(kStudy, 80));
  REQUIRE(lines.size() == 7);
  CHECK(lines[0] == "s: 4 runs, 2 to do, 1 that fail, in runs/s");
  CHECK(lines[2] == "  FedAvg      1                    done");
  CHECK(lines[3] == "  FedAvg      2  about 1 min 00 s  goes on after round 3 of 9");
  CHECK(lines[4] == "  Local       1  about 1 min 40 s  begins, 9 rounds");
  CHECK(lines[5] == "  Odd         1                    fails: unknown option 'x'");
  CHECK(lines[6] == "about 1 min 40 s in all, 2 runs at once; good to a factor of about 1.5");
  for (const auto& line : lines_of(outlook_text(kStudy, 44))) CHECK(shown_width(line) <= 44);
}

TEST_CASE("more runs at once than are left save nothing") {
  auto study = kStudy;
  study.jobs = 16;
  CHECK(seconds_of(study) == Catch::Approx(100));  // the longest
  study.jobs = 1;
  CHECK(seconds_of(study) == Catch::Approx(160));
  study.runs.resize(1);
  CHECK(seconds_of(study) == 0);
  CHECK(lines_of(outlook_text(study, 80)).size() == 3);
}

TEST_CASE("the outlook as JSON") {
  const auto json = nlohmann::json::parse(outlook_json(kStudy));
  CHECK(json.at("seconds") == 100);
  CHECK(json.at("runs").at(1).at("round") == 3);
  CHECK(json.at("runs").at(0).at("seconds").is_null());
  CHECK(json.at("runs").at(3).at("why") == "unknown option 'x'");
}

}  // namespace graft::core
