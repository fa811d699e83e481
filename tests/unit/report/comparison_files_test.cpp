// A comparison's files: what they hold, and what becomes of odd names.
#include "tests/unit/report/comparing.hpp"

namespace graft::core {

TEST_CASE("nothing is ever -0") {
  StudyResults results{"s", "runs/s", 1, {{"a", {}, {run_of(1, kBase)}}, {"b", {}, {run_of(1, kBase)}}}};
  const auto comparison = compared(results);
  CHECK(comparison_text(comparison, {}).find("-0") == std::string::npos);
  CHECK(comparison_csv(comparison).find("-0") == std::string::npos);
}

TEST_CASE("papers have every figure: Markdown and LaTeX") {
  const auto comparison = two(run_of(1, kBase), run_of(1, kBetter));
  const auto markdown = comparison_markdown(comparison), latex = comparison_latex(comparison);
  CHECK(markdown.find("| variant | weighted, % | worst 10, % | worst 25, % | Jain |\n") != std::string::npos);
  CHECK(markdown.find("| base | 53.50 | 50.00 | 50.50 | 0.998 |\n") != std::string::npos);
  CHECK(latex.find("\n  base & 53.50 & 50.00 & 50.50 & 0.998 \\\\\n") != std::string::npos);
}

TEST_CASE("LaTeX escapes names, keeps what a row begins with from being an option, and has minuses") {
  StudyResults results{"s", "runs/s", 0, {{"[a]_1 & 50 %", {}, {run_of(1, kBetter)}}, {"*b*--2 \"q\"", {}, {run_of(1, kBase)}}}};
  const auto text = comparison_latex(compared(results));
  CHECK(text.find("\n  {[}a]\\_1 \\& 50 \\% & 58.00 $\\pm$ 4.58 & ") != std::string::npos);
  CHECK(text.find("\n  {*}b{*}-{}-2 ''q'' & 53.50 $\\pm$ 2.29 & ") != std::string::npos);
  CHECK(text.find(" & $-$4.50 & {[}$-$") != std::string::npos);
  CHECK(text.find("\\begin{tabular}{lrrrrrrl}") != std::string::npos);
}

TEST_CASE("CSV and JSON have every number as it is; Markdown escapes names") {
  StudyResults results{"s", "runs/s", 0, {{"a,b", Published{20}, {run_of(1, kBase)}}, {"x|*y* <b>", {}, {run_of(1, kBetter)}}}};
  const auto comparison = compared(results);
  const auto csv = lines_of(comparison_csv(comparison));
  REQUIRE(csv.size() == 3);
  CHECK(csv[0].starts_with("variant,strategy,modules,done,failed,clients,published,published_std,accuracy,accuracy_std,"));
  CHECK(csv[1].starts_with("\"a,b\",fedavg,prefix,1,,8,20,,53.5,2.29"));
  const auto pairs = lines_of(pairs_csv(comparison));
  REQUIRE(pairs.size() == 2);
  CHECK(pairs[0] == "at,variant,against,difference,low,high,pairs,gain,lose,p,p_holm,verdict,published_difference,agreement,why");
  CHECK(pairs[1].starts_with("last,x|*y* <b>,\"a,b\",4.5,"));
  const auto object = json::parse(comparison_json(comparison));
  CHECK(object.at("baseline") == "a,b");
  CHECK(object.at("variants").at(1).at("verdict") == "better");
  CHECK(object.at("variants").at(1).at("runs").at(0).at("state") == "done");
  CHECK(object.at("pairs").at(0).at("low").get<double>() == Approx(2.9).margin(0.15));
  CHECK(comparison_markdown(comparison).find("| x\\|\\*y\\* \\<b\\> | 58.00 ± 4.58 |") != std::string::npos);
}

}  // namespace graft::core
