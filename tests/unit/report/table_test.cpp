#include "core/report/table.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "tests/unit/support.hpp"

namespace graft::core {

namespace {

nlohmann::json finished_run() {
  return nlohmann::json::parse(R"({
    "name": "quickstart", "strategy": "fedperfix", "options": {}, "modules": ["prefix"], "seed": 1, "rounds": 12, "device": "cpu",
    "precision": "fp32", "lanes": 1,
    "accuracy": {"mean": 0.714, "std": 0.0821, "weighted_mean": 0.72, "min": 0.521, "p10": 0.603, "median": 0.719, "p90": 0.83, "max": 0.884},
    "loss": 0.84,
    "clients": [{"id": 0, "train_samples": 9, "test_samples": 3, "accuracy": 0.714, "loss": 0.84},
                {"id": 1, "train_samples": 9, "test_samples": 0, "accuracy": null, "loss": null}],
    "parameters": {"total": 2695308, "shared": 2500000, "personal": 195308, "held": 0, "frozen": 0, "by_role": {"attn": 0}},
    "cost": {"upload_bytes_per_client_round": 10000000, "download_bytes_per_client_round": 10000000, "total_bytes": 1920000000,
             "stored_bytes_per_client": 10781232, "forward_macs_per_sample": 132500000},
    "time": {"total_s": 80, "train_s": 62, "evaluate_s": 15, "merge_s": 2, "write_s": 1, "client_steps": 5400, "samples": 76260},
    "peak_memory_bytes": 812000000, "versions": {"graft": "0.1.0", "libtorch": "2.13.0", "plugins": {"fedperfix": "1.0.0"}}})");
}

}  // namespace

TEST_CASE("the table says what a run gained and what it cost") {
  const auto lines = lines_of(run_table(finished_run().dump(), "runs/quickstart", {}));
  CHECK(lines.at(0) == "quickstart: fedperfix + prefix, 12 rounds, seed 1, cpu fp32");
  CHECK(lines.at(2) == "  accuracy    71.4 ± 8.2 % over 1 of 2 clients, 72.0 % weighted by test samples");
  CHECK(lines.at(3) == "              min 52.1   p10 60.3   median 71.9   p90 83.0   max 88.4");
  CHECK(lines.at(4) == "  travels     9.5 MiB up, 9.5 MiB down a client and round, 1.8 GiB in all");
  CHECK(lines.at(5) == "  stored      10.3 MiB a client");
  auto with_own = finished_run();
  with_own["cost"]["own_bytes_per_client"] = 781232;
  CHECK(lines_of(run_table(with_own.dump(), "r", {})).at(5) == "  stored      10.3 MiB a client, 762.9 KiB of it its own");
  CHECK(lines.at(6) == "  parameters  2,695,308: 2,500,000 shared, 195,308 personal");
  CHECK(lines.at(7) == "  forward     132.5 million multiply-accumulates a sample");
  CHECK(lines.at(8) == "  time        1 min 20 s: 1 min 02 s training, 15.0 s scoring, 2.0 s merging,");
  CHECK(lines.at(9) == "              1.0 s writing, 5,400 steps, 1,230 images/s in training");
  CHECK(lines.at(11) == "  run         runs/quickstart");
}

TEST_CASE("the table fits 80 columns, however large a run was") {
  auto run = finished_run();
  run["parameters"] = {
      {"total", 98085798656}, {"shared", 98085029888}, {"personal", 98085029888}, {"held", 98085029888}, {"frozen", 98085029888}};
  run["accuracy"]["mean"] = 1.0;
  run["time"] = {{"total_s", 360000}, {"train_s", 360000},   {"evaluate_s", 360000}, {"merge_s", 360000},
                 {"write_s", 360000}, {"client_steps", 1e9}, {"samples", 1e12}};
  for (const auto& line : lines_of(run_table(run.dump(), "runs/quickstart", {}))) {
    INFO(line);
    CHECK(shown_width(line) <= 80);
  }
}

TEST_CASE("the table fits narrow terminals, and no wider one than 80 columns is used") {
  for (const std::size_t width : {40, 57, 79}) {
    const auto lines = lines_of(run_table(finished_run().dump(), "runs/quickstart", {.width = width}));
    for (const auto& line : lines) {
      INFO(line);
      CHECK(shown_width(line) <= width);
      CHECK(!line.ends_with(" max"));  // no name without its number
    }
    CHECK(lines.size() > (width < 60 ? 12u : 11u));
  }
  CHECK(run_table(finished_run().dump(), "r", {.width = 200}) == run_table(finished_run().dump(), "r", {}));
}

TEST_CASE("what there is none of is said, or left out") {
  auto run = finished_run();
  run["cost"]["upload_bytes_per_client_round"] = run["cost"]["download_bytes_per_client_round"] = 0;
  run["clients"][0]["test_samples"] = 0;
  run["time"]["samples"] = 0;
  run["lanes"] = 4;
  const auto text = run_table(run.dump(), "runs/quickstart", {});
  CHECK(text.find("travels     nothing\n") != std::string::npos);
  CHECK(text.find("accuracy    none: no client has test samples\n") != std::string::npos);
  CHECK(text.find("images/s") == std::string::npos);
  CHECK(text.find("cpu fp32, 4 lanes\n") != std::string::npos);
  CHECK(text.find("\x1b") == std::string::npos);
  CHECK(run_table(run.dump(), "runs/quickstart", {.width = 80, .bold = true}).find("\x1b[1mquickstart\x1b[0m: ") == 0);
}

TEST_CASE("a summary that cannot be read is an error of its folder") {
  for (const auto* text : {"", "{\"name\": ", "{\"name\": \"x\"}", "[]"}) {
    try {
      run_table(text, "runs/quickstart", {});
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.status == Exit::data);
      CHECK(std::string(error.what()).find("runs/quickstart: ") == 0);
    }
  }
}

}  // namespace graft::core
