// A label and a few words for each of a summary's parts.
#include "core/report/table.hpp"

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/report/layout.hpp"

namespace graft::core {

namespace {

using nlohmann::json;

constexpr std::size_t kWidth = 80, kText = 66;  // columns of the table, and of what stands behind the labels

std::string percent(const json& fraction) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", 100 * fraction.get<double>());
  return text;
}

std::string counted(const json& number) { return count_text(number.get<double>()); }

// 1.26 billion; 26,144
std::string large(double number) {
  char text[32];
  if (number < 1e6) return count_text(number);
  std::snprintf(text, sizeof text, "%.1f %s", number / (number < 1e9 ? 1e6 : 1e9), number < 1e9 ? "million" : "billion");
  return text;
}

std::string title(const json& run) {
  std::string with = run.at("strategy");
  for (const std::string module : run.at("modules")) with += " + " + module;
  const auto& lanes = run.at("lanes");
  return joined({with, many_text(run.at("rounds"), "round"), "seed " + counted(run.at("seed")),
                 run.at("device").get<std::string>() + " " + run.at("precision").get<std::string>()}) +
         (lanes == 1 ? "" : ", " + many_text(lanes, "lane"));
}

// A label, and behind it as many lines as the parts need.
void add(std::vector<Cells>& rows, const std::string& label, const std::vector<std::string>& parts) {
  const auto lines = broken(parts, kText);
  for (std::size_t i = 0; i < lines.size(); ++i) rows.push_back({i == 0 ? label : "", lines[i]});
}

void add_accuracy(std::vector<Cells>& rows, const json& run) {
  std::size_t scored = 0;
  for (const auto& client : run.at("clients")) scored += client.at("test_samples") > 0;
  const auto all = run.at("clients").size();
  if (scored == 0) {
    return add(rows, "accuracy", {"none: no client has test samples"});
  }
  const auto& accuracy = run.at("accuracy");
  const auto over =
      scored == all ? many_text(std::int64_t(all), "client") : counted(scored) + " of " + many_text(std::int64_t(all), "client");
  add(rows, "accuracy",
      {percent(accuracy.at("mean")) + " ± " + percent(accuracy.at("std")) + " % over " + over,
       percent(accuracy.at("weighted_mean")) + " % weighted by test samples"});
  std::vector<std::string> spread;
  for (const auto* name : {"min", "p10", "median", "p90", "max"})
    spread.push_back(std::string(name) + " " + percent(accuracy.at(name)));
  add(rows, "", {joined(spread, "   ")});
}

void add_costs(std::vector<Cells>& rows, const json& run) {
  const auto& cost = run.at("cost");
  const auto size = [&cost](const char* name) { return bytes_text(cost.at(name).get<double>()); };
  if (cost.at("upload_bytes_per_client_round") == 0 && cost.at("download_bytes_per_client_round") == 0) {
    add(rows, "travels", {"nothing"});
  } else {
    add(rows, "travels",
        {size("upload_bytes_per_client_round") + " up", size("download_bytes_per_client_round") + " down a client and round",
         size("total_bytes") + " in all"});
  }
  add(rows, "stored", {size("stored_bytes_per_client") + " a client"});
}

void add_parameters(std::vector<Cells>& rows, const json& run) {
  const auto& parameters = run.at("parameters");
  std::vector<std::string> parts;
  for (const auto* where : {"shared", "personal", "held", "frozen"}) {
    if (parameters.at(where) != 0) parts.push_back(counted(parameters.at(where)) + " " + where);
  }
  parts.front() = counted(parameters.at("total")) + ": " + parts.front();
  add(rows, "parameters", parts);
  add(rows, "forward", {large(run.at("cost").at("forward_macs_per_sample")) + " multiply-accumulates a sample"});
}

void add_effort(std::vector<Cells>& rows, const json& run) {
  const auto& time = run.at("time");
  const auto took = [&time](const char* name) { return seconds_text(time.at(name).get<double>()); };
  std::vector<std::string> parts = {took("total_s") + ": " + took("train_s") + " training", took("evaluate_s") + " scoring",
                                    took("merge_s") + " merging", took("write_s") + " writing"};
  const auto samples = time.value("samples", 0.0), seconds = time.at("train_s").get<double>();
  if (samples > 0 && seconds > 0) {
    parts.push_back(many_text(time.at("client_steps"), "step"));
    parts.push_back(count_text(samples / seconds) + " images/s in training");
  }
  add(rows, "time", parts);
  add(rows, "memory", {bytes_text(run.at("peak_memory_bytes").get<double>()) + " at its peak"});
}

std::string table_of(const json& run, const std::string& folder, bool bold) {
  std::vector<Cells> rows;
  add_accuracy(rows, run);
  add_costs(rows, run);
  add_parameters(rows, run);
  add_effort(rows, run);
  add(rows, "run", {folder});
  std::string rule;
  for (std::size_t i = 0; i < kWidth; ++i) rule += "─";
  const auto name = run.at("name").get<std::string>();
  const auto head = (bold ? "\x1b[1m" + name + "\x1b[0m" : name) + ": " + title(run) + "\n";
  return head + rule + "\n" + aligned(rows, {}, 2);
}

}  // namespace

std::string run_table(const std::string& summary, const std::string& folder, bool bold) {
  try {
    return table_of(json::parse(summary), folder, bold);
  } catch (const json::exception&) {
    throw Error(Exit::data, folder + ": its summary.json is damaged, or of another version",
                "graft run … --resume writes it anew.");
  }
}

}  // namespace graft::core
