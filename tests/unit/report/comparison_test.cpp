// Comparisons: the numbers by hand, the words, the tables' widths.
#include "core/report/comparison.hpp"

#include "core/report/gains.hpp"
#include "tests/unit/report/comparing.hpp"

namespace graft::core {

namespace {

std::string said_of(const StudyRun& one, const StudyRun& other) {
  const auto pair = *to_baseline(two(one, other), 1);
  CHECK(!pair.interval);
  CHECK(pair.verdict == Verdict::undecided);
  return pair.why;
}

}  // namespace

TEST_CASE("a variant is better or worse where the interval says so, else undecided") {
  const auto comparison = two(run_of(1, kBase), run_of(1, kBetter));
  const auto pair = *to_baseline(comparison, 1);
  CHECK(pair.clients == 8);
  CHECK(*pair.difference == Approx(4.5));
  CHECK(pair.interval->low == Approx(2.9).margin(0.15));  // of means of eight draws from 1 to 8
  CHECK(pair.gain == 1);
  CHECK(pair.lose == 0);
  CHECK(*pair.p == Approx(2.0 / 256));
  CHECK(*pair.holm == *pair.p);
  CHECK(pair.verdict == Verdict::better);
  CHECK(!to_baseline(comparison, 0));
  CHECK(to_baseline(two(run_of(1, kBetter), run_of(1, kBase)), 1)->verdict == Verdict::worse);
  CHECK(to_baseline(two(run_of(1, kBase), run_of(1, {49, 52, 51, 54, 53, 56, 55, 58})), 1)->verdict == Verdict::undecided);
  CHECK(to_baseline(two(run_of(1, kBase), run_of(1, kBase)), 1)->verdict == Verdict::undecided);
}

TEST_CASE("a baseline that comes later turns the pair round") {
  StudyResults results{"s", "runs/s", 1, {{"a", {}, {run_of(1, kBetter)}}, {"b", {}, {run_of(1, kBase)}}}};
  const auto pair = *to_baseline(compared(results), 0);
  CHECK(pair.variant == 0);
  CHECK(*pair.difference == Approx(4.5));
  CHECK(pair.interval->low == Approx(2.9).margin(0.15));
  CHECK(pair.interval->high == Approx(6.1).margin(0.15));
  CHECK(pair.gain == 1);
  CHECK(pair.verdict == Verdict::better);
}

TEST_CASE("the order of the two as published: agrees, disagrees, undecided") {
  const auto agreement = [](const Percents& other, std::optional<Published> a, std::optional<Published> b) {
    return to_baseline(two(run_of(1, kBase), run_of(1, other), a, b), 1)->agreement;
  };
  CHECK(agreement(kBetter, Published{20}, Published{30}) == Agreement::agrees);
  CHECK(agreement(kBetter, Published{30}, Published{20}) == Agreement::disagrees);
  CHECK(agreement(kBase, Published{30}, Published{20}) == Agreement::undecided);
  CHECK(agreement(kBetter, Published{20}, Published{20}) == Agreement::undecided);
  CHECK(agreement(kBetter, Published{20}, {}) == Agreement::none);
}

TEST_CASE("every client of every seed is a pair, and figures are means over the seeds") {
  StudyResults results{"s",
                       "runs/s",
                       0,
                       {{"a", {}, {run_of(1, kBase), run_of(2, kBase), run_of(3, kBase)}},
                        {"b", {}, {run_of(1, kBetter), failed_run(2, "x"), run_of(3, kBetter)}}}};
  const auto comparison = compared(results);
  CHECK(to_baseline(comparison, 1)->clients == 16);
  CHECK(comparison.last.accuracies[0]->mean == Approx(53.5));
  CHECK(comparison.last.accuracies[0]->spread == Approx(2.2912878));
  CHECK(comparison.rows[0].costs->seconds == Approx(180));
  CHECK(comparison.rows[1].done == 2);
  CHECK(!comparison.rows[0].costs->training_macs);
}

TEST_CASE("seeds that only one of two has are in its figures, not in their difference, which is said") {
  StudyResults results{
      "s", "runs/s", 0, {{"a", {}, {run_of(1, kBase), run_of(2, kBase)}}, {"b", {}, {run_of(2, kBetter), run_of(3, kBetter)}}}};
  const auto comparison = compared(results);
  CHECK(to_baseline(comparison, 1)->seeds == std::vector<std::uint64_t>{2});
  CHECK(comparison_text(comparison, {}).find("difference of b: with seed 2 alone, done in both\n") != std::string::npos);
  results.variants[1].runs[1] = run_of(1, kBetter);
  CHECK(comparison_text(compared(results), {}).find("alone") == std::string::npos);
}

TEST_CASE("times of runs with other numbers of threads are said to be none") {
  auto one = run_of(1, kBase), other = run_of(1, kBetter);
  const auto with = [](StudyRun& run, int threads) {
    auto summary = json::parse(run.summary);
    summary["threads"] = threads;
    run.summary = summary.dump();
  };
  with(one, 1);
  with(other, 1);
  CHECK(comparison_text(two(one, other), {}).find("threads") == std::string::npos);
  with(other, 2);
  CHECK(comparison_text(two(one, other), {}).find("time: not to be compared, the runs had 1, 2 threads\n") != std::string::npos);
}

TEST_CASE("the chosen round is that of the variants whose runs all have one") {
  auto chose = run_of(1, kBase);
  auto summary = json::parse(chose.summary);
  summary["chosen"] = {{"round", 3}, {"clients", summary.at("clients")}};
  for (auto& client : summary["chosen"]["clients"]) client["accuracy"] = 0.9;
  chose.summary = summary.dump();
  CHECK(!two(run_of(1, kBase), run_of(1, kBetter)).chosen);
  const auto comparison = two(chose, run_of(1, kBetter));
  REQUIRE(comparison.chosen);
  CHECK(comparison.chosen->accuracies[0]->mean == Approx(90));
  CHECK(*comparison.chosen->accuracies[0]->round == 3);
  CHECK(!comparison.chosen->accuracies[1]);
  CHECK(comparison_text(comparison, {}).find("no chosen round of other: not all of its runs have validation samples\n") !=
        std::string::npos);
}

TEST_CASE("only pairs with the baseline where no others are asked for: the same numbers") {
  StudyResults results{
      "s", "runs/s", 1, {{"a", {}, {run_of(1, kBase)}}, {"b", {}, {run_of(1, kBetter)}}, {"c", {}, {run_of(1, kBase)}}}};
  const auto all = compared(results), few = compared(results, Pairs::to_baseline);
  CHECK(all.last.pairs.size() == 3);
  CHECK(few.last.pairs.empty());
  for (const std::size_t i : {0, 2}) {
    CHECK(*to_baseline(few, i)->holm == *to_baseline(all, i)->holm);
    CHECK(to_baseline(few, i)->interval->low == to_baseline(all, i)->interval->low);
  }
}

TEST_CASE("without pairs there is no interval, and why is said") {
  CHECK(said_of(run_of(1, kBase), run_of(2, kBetter)) == "no seed is done in both");
  CHECK(said_of(run_of(1, kBase), run_of(1, {1, 2})) == "one has 2 clients, the other 8");
  CHECK(said_of(run_of(1, kBase), run_of(1, kBetter, "2")) == "their clients do not have the same samples");
  CHECK(said_of(run_of(1, {50}), run_of(1, {60})) == "fewer than two clients can be paired");
  CHECK(said_of(run_of(1, kBase), failed_run(1, "x")) == "one of them has no scores");
  auto moved = run_of(1, kBetter);
  auto summary = json::parse(moved.summary);
  summary["clients"][3]["test_samples"] = 9;
  moved.summary = summary.dump();
  CHECK(said_of(run_of(1, kBase), moved) == "their clients do not have the same samples");
}

TEST_CASE("clients without test samples are no pairs, and nobody scored is no accuracy") {
  auto unscored = run_of(1, kBetter);
  auto summary = json::parse(unscored.summary);
  summary["clients"][0]["accuracy"] = nullptr;
  unscored.summary = summary.dump();
  CHECK(to_baseline(two(run_of(1, kBase), unscored), 1)->clients == 7);
  for (auto& client : summary["clients"]) client["accuracy"] = nullptr;
  unscored.summary = summary.dump();
  const auto comparison = two(run_of(1, kBase), unscored);
  CHECK(!comparison.last.accuracies[1]);
  CHECK(comparison_text(comparison, {}).find("no test samples") != std::string::npos);
}

TEST_CASE("the table") {
  const auto comparison = two(run_of(1, kBase), run_of(1, kBetter), Published{20, 4.5}, Published{30});
  const auto lines = lines_of(comparison_text(comparison, {}));
  CHECK(lines.at(0) == "s: 2 variants, seed 1");
  CHECK(lines.at(2) == "  variant      accuracy  worst 10     published");
  CHECK(lines.at(3) == "                      %         %             %");
  CHECK(lines.at(4) == "  base     53.50 ± 2.29     50.00  20.00 ± 4.50");
  CHECK(lines.at(5) == "  other    58.00 ± 4.58     51.00         30.00");
  CHECK(lines.at(7) == "  variant  difference          95 %      p  gain  verdict");
  CHECK(lines.at(8) == "               points                          %");
  CHECK(lines.at(9) == "  base");
  CHECK(lines.at(10) == "  other         +4.50  [2.88, 6.13]  0.008   100  better, agrees");
  CHECK(lines.at(12) == "  variant  stored   up  down  in all  forward  time  memory");
  CHECK(lines.at(13) == "              MiB  MiB   MiB     GiB   M MACs   min     MiB");
  CHECK(lines.at(14) == "  base       10.0  1.0   2.0     3.0      8.7   1.5   200.0");
  CHECK(lines.at(lines.size() - 2) == "  in runs/s");
}

TEST_CASE("costs are multiples of the first plain FedAvg's, and accuracy is counted for what is spent") {
  auto summary = json::parse(run_of(1, kBase).summary);
  summary["cost"]["training_macs"] = 4e15;  // 8e15 operations
  auto base = run_of(1, kBase), plain = run_of(1, kBetter);
  base.summary = summary.dump();
  summary["modules"] = json::array();
  summary["cost"]["stored_bytes_per_client"] = 4 << 20;
  plain.summary = summary.dump();
  const auto comparison = two(base, plain);
  CHECK(comparison.reference == 1);
  CHECK(*multiple_of(comparison, 0, cost_figures()[0]) == Approx(2.5));
  CHECK(*points_per_gigabyte(comparison, 0) == Approx(53.5 / 3.221225472));
  CHECK(*points_per_exaflop(comparison, 0) == Approx(53.5 / 0.008));
  CHECK(!points_per_exaflop(two(run_of(1, kBase), run_of(1, kBase)), 0));
  const auto text = comparison_text(comparison, {.width = 60});
  INFO(text);
  CHECK(text.find("\n  base       2.50  1.00  1.00    1.00") != std::string::npos);
}

TEST_CASE("training is a column where the summaries say it") {
  auto run = run_of(1, kBase);
  auto summary = json::parse(run.summary);
  summary["cost"]["training_macs_per_sample_round"] = 3.5e9;
  run.summary = summary.dump();
  const auto text = comparison_text(two(run, run), {});
  CHECK(text.find("training") != std::string::npos);
  CHECK(text.find("G MACs") != std::string::npos);
  summary["cost"]["training_macs_per_sample_round"] = nullptr;  // could not be counted, which is not 0
  run.summary = summary.dump();
  CHECK(!two(run, run).rows[0].costs->training_macs);
}

TEST_CASE("the table fits every terminal, whatever the names; on a wide one all stands beside each other") {
  StudyResults results{"s", "runs/s", 0, {}};
  for (const auto& name : {std::string("FedAvg"), std::string(100, 'x'), std::string("Föderiert | *mit* Ümläuten")}) {
    results.variants.push_back({name, Published{45.61, 13.37}, {run_of(1, kBase), run_of(2, kBetter)}});
  }
  results.variants.push_back({"broken", {}, {failed_run(1, "plugin 'x' crashed in step (round 1, client 2)"), {.seed = 2}}});
  const auto comparison = compared(results);
  for (const std::size_t width : {40, 57, 80, 100, 400}) {
    const auto text = comparison_text(comparison, {.width = width});
    for (const auto& line : lines_of(text)) {
      INFO(line);
      CHECK(shown_width(line) <= width);
    }
    CHECK(text.find("broken") != std::string::npos);
    const bool twice = text.find("\n  variant ", text.find("\n  variant ") + 1) != std::string::npos;
    CHECK(twice == (width < 400));
  }
  const auto text = comparison_text(comparison, {.width = 400});
  CHECK(text.find("failed: broken, seed 1: plugin 'x' crashed in step (round 1, client 2)\n") != std::string::npos);
  CHECK(text.find("missing: broken, seed 2\n") != std::string::npos);
}

TEST_CASE("what ended alike is said once, and part of the seeds is said") {
  StudyResults results{"s", "runs/s", 0, {{"a", {}, {run_of(1, kBase), failed_run(2, "x"), failed_run(3, "x")}}}};
  const auto text = comparison_text(compared(results), {});
  CHECK(text.find("a: 1 of 3 seeds\n") != std::string::npos);
  CHECK(text.find("failed: a, seeds 2, 3: x\n") != std::string::npos);
}

TEST_CASE("a damaged summary is exit 4, its study's folder named") {
  for (const auto* text : {"", "[]", "{\"strategy\": \"x\"}"}) {
    auto run = run_of(1, kBase);
    run.summary = text;
    const auto error = error_of([&] { two(run, run); });
    CHECK(error.status == Exit::data);
    CHECK(std::string(error.what()).starts_with("runs/s"));
  }
}

}  // namespace graft::core
